/**
 * Arithmetic on memory segments. Knows no model.
 *
 * <p>The Vector API is optional at run time: without {@code --add-modules jdk.incubator.vector} the plain kernels run
 * and {@link dev.sluice.kernels.Kernels} says so.
 */
module dev.sluice.kernels {
    requires java.management;
    requires static jdk.incubator.vector;
    requires jdk.management;
    requires static org.jspecify;

    exports dev.sluice.kernels;
    exports dev.sluice.kernels.probe;
}
