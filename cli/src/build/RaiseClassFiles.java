import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Copies a jar and raises class files of before Java 6 to the version of this JVM, with the stack maps that they lack.
 * An ahead-of-time cache takes no older ones: they would be parsed and verified, by the old verifier, at every start.
 * Nothing else changes; {@code META-INF/RAISED} in the copy says what was done.
 *
 * <p>{@code java RaiseClassFiles.java FROM.jar TO.jar}
 */
public final class RaiseClassFiles {
    private static final int JAVA_6 = 50;

    private static final String NOTE =
            """
            The class files of this jar were raised from an older version by the build of Sluice, with stack maps added,
            so that an ahead-of-time cache of the JVM can hold them. Their code is as published.
            """;

    private final ZipFile jar;
    private final ClassFile classFile;

    private RaiseClassFiles(ZipFile jar) {
        this.jar = jar;
        this.classFile = ClassFile.of(
                ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(
                                type -> open(type.packageName().replace('.', '/') + "/" + type.displayName() + ".class"))
                        .orElse(ClassHierarchyResolver.defaultResolver())));
    }

    public static void main(String[] args) throws IOException {
        Path to = Path.of(args[1]);
        Files.createDirectories(to.toAbsolutePath().getParent());
        try (ZipFile jar = new ZipFile(args[0]);
                OutputStream file = Files.newOutputStream(to);
                ZipOutputStream copy = new ZipOutputStream(file)) {
            new RaiseClassFiles(jar).copy(copy);
        }
    }

    private void copy(ZipOutputStream copy) throws IOException {
        long time = 0;
        for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            ZipEntry entry = entries.nextElement();
            time = Math.max(time, entry.getTime());
            put(copy, entry.getName(), entry.getTime(), raised(entry));
        }
        put(copy, "META-INF/RAISED", time, NOTE.getBytes(StandardCharsets.UTF_8));
    }

    private static void put(ZipOutputStream copy, String name, long time, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(time);
        copy.putNextEntry(entry);
        copy.write(bytes);
        copy.closeEntry();
    }

    private byte[] raised(ZipEntry entry) throws IOException {
        byte[] bytes = jar.getInputStream(entry).readAllBytes();
        if (!entry.getName().endsWith(".class")) {
            return bytes;
        }
        ClassModel model = classFile.parse(bytes);
        return model.majorVersion() >= JAVA_6 ? bytes : classFile.transformClass(model, transform());
    }

    private static ClassTransform transform() {
        // code has to be written anew to get its stack maps
        MethodTransform code = MethodTransform.transformingCode(CodeTransform.ACCEPT_ALL);
        return (builder, element) -> {
            switch (element) {
                case ClassFileVersion _ -> builder.withVersion(ClassFile.latestMajorVersion(), 0);
                case MethodModel method -> builder.transformMethod(method, code);
                case ClassElement other -> builder.with(other);
            }
        };
    }

    /** A class of the jar; null when it has none of that name, which then is one of the JDK's, or of a library not there. */
    private InputStream open(String name) {
        ZipEntry entry = jar.getEntry(name);
        try {
            return entry == null ? null : jar.getInputStream(entry);
        } catch (IOException e) {
            throw new IllegalStateException(name + " of " + jar.getName() + " cannot be read", e);
        }
    }
}
