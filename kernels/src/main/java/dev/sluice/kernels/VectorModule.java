package dev.sluice.kernels;

import java.lang.module.ModuleFinder;
import java.util.OptionalInt;

/**
 * The module of the Vector API: in the boot layer when the JVM was started with {@code --add-modules}, else loaded on first
 * use where the JVM allows that.
 *
 * <p>A JVM that boots with an incubating module writes a warning to standard error, and takes neither its modules nor
 * classes linked ahead of time from an ahead-of-time cache. So Sluice's launcher leaves the module out and opens the JDK's
 * own way of adding one of its modules later ({@code --add-exports java.base/jdk.internal.module=dev.sluice.kernels}; the
 * JVM itself calls it for agents). The classes then belong to the boot loader as always, and HotSpot compiles them as always.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    /** What the launcher exports: the internals of one release, so nothing is taken for granted about them. */
    private static final String LOADER = "jdk.internal.module.Modules";

    private VectorModule() {}

    /** Whether it is there, or will be after {@link #load}. */
    static boolean present() {
        return ModuleLayer.boot().findModule(NAME).isPresent()
                || (mayUse("jdk.internal.module")
                        && ModuleFinder.ofSystem().find(NAME).isPresent());
    }

    /**
     * Floats of the vectors that the vector kernels use: 4, 8 or 16; empty where only the Vector API itself can say.
     *
     * <p>Where the launcher has opened it, HotSpot is asked, because the first class of the Vector API costs 40 ms, and
     * because a JVM makes no ahead-of-time cache once anything has named a class of a module that is not there at boot.
     */
    static OptionalInt lanes() {
        if (!mayUse("jdk.internal.vm.vector")) {
            return OptionalInt.empty();
        }
        try {
            int most = (int) Class.forName("jdk.internal.vm.vector.VectorSupport")
                    .getMethod("getMaxLaneCount", Class.class)
                    .invoke(null, float.class);
            return most < 4 ? OptionalInt.empty() : OptionalInt.of(Math.min(most, 16));
        } catch (ReflectiveOperationException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Brings the module in, if the JVM did not start with it: 50 ms, which is why nobody does before vectors are needed.
     *
     * @throws IllegalStateException if this JVM has another way of doing it
     */
    static synchronized void load() {
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return;
        }
        try {
            Module vector = (Module)
                    Class.forName(LOADER).getMethod("loadModule", String.class).invoke(null, NAME);
            VectorModule.class.getModule().addReads(vector);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "the Vector API cannot be added to this JVM; start it with --add-modules " + NAME, e);
        }
    }

    /** Whether the JVM was started with {@code --add-exports java.base/PACKAGE=dev.sluice.kernels}. */
    private static boolean mayUse(String internals) {
        return Object.class.getModule().isExported(internals, VectorModule.class.getModule());
    }
}
