package dev.sluice.kernels;

import dev.sluice.kernels.vector.VectorKernels;
import java.util.Optional;

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

    private static final boolean PRESENT = find();

    private VectorModule() {}

    static boolean present() {
        return PRESENT;
    }

    /**
     * Floats of the vectors that the vector kernels use: 4, 8 or 16. Where the launcher has opened it, HotSpot is asked
     * itself, because the first class of the Vector API costs 40 ms, and because a JVM makes no ahead-of-time cache once
     * anything has named a class of a module that is not there at boot.
     */
    static int lanes() {
        if (!Object.class.getModule().isExported("jdk.internal.vm.vector", VectorModule.class.getModule())) {
            return VectorKernels.lanes();
        }
        try {
            int most = (int) Class.forName("jdk.internal.vm.vector.VectorSupport")
                    .getMethod("getMaxLaneCount", Class.class)
                    .invoke(null, float.class);
            return Math.clamp(most, 4, 16);
        } catch (ReflectiveOperationException e) {
            return VectorKernels.lanes();
        }
    }

    private static boolean find() {
        return ModuleLayer.boot().findModule(NAME).isPresent()
                || load().map(VectorModule::readable).orElse(false);
    }

    private static boolean readable(Module vector) {
        VectorModule.class.getModule().addReads(vector);
        return true;
    }

    /** Empty when the JVM was not asked to allow it, or is of a release that has no such thing. */
    private static Optional<Module> load() {
        if (!Object.class.getModule().isExported("jdk.internal.module", VectorModule.class.getModule())) {
            return Optional.empty();
        }
        try {
            Object module =
                    Class.forName(LOADER).getMethod("loadModule", String.class).invoke(null, NAME);
            return Optional.of((Module) module);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return Optional.empty();
        }
    }
}
