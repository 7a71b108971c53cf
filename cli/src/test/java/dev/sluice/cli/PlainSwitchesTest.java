package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Sluice;
import dev.sluice.kernels.Kernels;
import dev.sluice.models.ModelFolder;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the build does to switches over types ({@code cli/src/build/PlainSwitches.java}). */
class PlainSwitchesTest {
    @ParameterizedTest
    @ValueSource(classes = {Kernels.class, ModelFolder.class, Sluice.class, Main.class})
    void noClassIsSpunForASwitchOverTypes(Class<?> ofModule) throws Exception {
        URI place = ofModule.getProtectionDomain().getCodeSource().getLocation().toURI();
        if (Files.isDirectory(Path.of(place))) {
            assertPlain(Path.of(place));
        } else {
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(place))) {
                assertPlain(jar.getPath("/"));
            }
        }
    }

    private static void assertPlain(Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            List<Path> all =
                    files.filter(file -> file.toString().endsWith(".class")).toList();
            assertThat(all).hasSizeGreaterThan(20);
            assertThat(all).noneMatch(PlainSwitchesTest::hasTypeSwitch);
        }
    }

    private static boolean hasTypeSwitch(Path file) {
        try {
            return ClassFile.of().parse(Files.readAllBytes(file)).methods().stream()
                    .flatMap(method -> method.code().stream())
                    .flatMap(code -> code.elementStream())
                    .anyMatch(PlainSwitchesTest::isTypeSwitch);
        } catch (IOException e) {
            throw new IllegalStateException(file.toString(), e);
        }
    }

    private static boolean isTypeSwitch(CodeElement element) {
        return element instanceof InvokeDynamicInstruction call
                && call.bootstrapMethod().methodName().equals("typeSwitch")
                && call.bootstrapArgs().stream().allMatch(ClassDesc.class::isInstance);
    }
}
