package dev.sluice.cli;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A terminal of the kernel's: a program runs on its far side, the test types and reads on this one. */
final class PseudoTerminal implements AutoCloseable {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final boolean MAC = System.getProperty("os.name").contains("Mac");
    private static final int READ_WRITE_NO_CONTROL = MAC ? 0x20002 : 0x102;
    private static final long SET_SIZE = MAC ? 0x80087467L : 0x5414;
    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(100);

    private final Arena arena = Arena.ofAuto();
    private final int descriptor;
    private final Path device;
    private final StringBuffer seen = new StringBuffer();
    private final Thread reader;
    private int looked;

    PseudoTerminal(int columns, int rows) throws IOException {
        descriptor = call("posix_openpt", READ_WRITE_NO_CONTROL);
        if (descriptor < 0 || call("grantpt", descriptor) != 0 || call("unlockpt", descriptor) != 0) {
            throw new IOException("no pseudo terminal");
        }
        device = Path.of(name());
        size(columns, rows);
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    /** What the program opens. */
    Path device() {
        return device;
    }

    /** Changes the window. */
    void size(int columns, int rows) {
        MemorySegment size = arena.allocate(JAVA_SHORT, 4);
        size.setAtIndex(JAVA_SHORT, 0, (short) rows);
        size.setAtIndex(JAVA_SHORT, 1, (short) columns);
        MethodHandle ioctl = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("ioctl"),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(2));
        try {
            int _ = (int) ioctl.invokeExact(descriptor, SET_SIZE, size);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Types. */
    void type(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment buffer = arena.allocate(Math.max(1, bytes.length));
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
        long done = 0;
        while (done < bytes.length) {
            long written = transfer("write", buffer.asSlice(done), bytes.length - done);
            if (written <= 0) {
                throw new AssertionError("the terminal takes no more");
            }
            done += written;
        }
    }

    /** Waits until the program has shown something that matches, after what was waited for before. */
    void expect(String pattern) throws InterruptedException {
        Pattern wanted = Pattern.compile(pattern, Pattern.DOTALL);
        long end = System.nanoTime() + DEADLINE_NS;
        while (true) {
            var matcher = wanted.matcher(seen.substring(looked));
            if (matcher.find()) {
                looked += matcher.end();
                return;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("expected " + pattern + ", seen " + seen.substring(looked));
            }
            Thread.sleep(20);
        }
    }

    /** Everything shown so far. */
    String seen() {
        return seen.toString();
    }

    private void read() {
        MemorySegment buffer = arena.allocate(4096);
        byte[] pending = new byte[0];
        for (long n = transfer("read", buffer, 4096); n > 0; n = transfer("read", buffer, 4096)) {
            byte[] bytes = new byte[pending.length + (int) n];
            System.arraycopy(pending, 0, bytes, 0, pending.length);
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, pending.length, (int) n);
            int whole = bytes.length;
            while (whole > Math.max(0, bytes.length - 3) && bytes[whole - 1] < 0) {
                whole--; // a character may be cut
            }
            seen.append(new String(bytes, 0, whole, StandardCharsets.UTF_8));
            pending = Arrays.copyOfRange(bytes, whole, bytes.length);
        }
    }

    private long transfer(String name, MemorySegment buffer, long count) {
        MethodHandle handle = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
        try {
            return (long) handle.invokeExact(descriptor, buffer, count);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static int call(String name, int argument) {
        MethodHandle handle = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
        try {
            return (int) handle.invokeExact(argument);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private String name() {
        MethodHandle handle = LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow("ptsname"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
        try {
            return ((MemorySegment) handle.invokeExact(descriptor))
                    .reinterpret(256)
                    .getString(0);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Hangs up. */
    @Override
    public void close() {
        int _ = call("close", descriptor);
    }

    /** The command that gives a program this terminal as its own, so that Ctrl-C reaches it; itself where there is none. */
    static List<String> withControl() {
        for (String folder : List.of("/usr/bin", "/bin")) {
            Path setsid = Path.of(folder, "setsid");
            if (Files.isExecutable(setsid)) {
                return List.of(setsid.toString(), "-c");
            }
        }
        return List.of();
    }
}
