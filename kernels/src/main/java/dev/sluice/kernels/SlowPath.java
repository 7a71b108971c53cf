package dev.sluice.kernels;

/** Reasons why kernels run slower than this machine could; each says what to do. Announced once by whoever starts. */
public enum SlowPath {
    VECTOR_MODULE_ABSENT(
            "The Vector API module is not loaded, so plain Java kernels run, 10 to 100 times slower. Add the"
                    + " JVM option --add-modules jdk.incubator.vector.");

    private final String message;

    SlowPath(String message) {
        this.message = message;
    }

    /** One sentence for the user, with the remedy. */
    public String message() {
        return message;
    }
}
