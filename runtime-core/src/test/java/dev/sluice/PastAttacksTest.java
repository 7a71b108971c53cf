package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.error.InvalidModelException;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.error.SluiceException;
import dev.sluice.models.checkpoint.SafetensorsHeader;
import dev.sluice.testing.Fixtures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What has been used against runtimes and loaders of models, tried on this one through the public API: files in the
 * folder of a model, and requests. A file that changes while it is mapped has a test of its own, {@link ChangedFilesTest}.
 */
@Timeout(60)
class PastAttacksTest {
    private static final String TENSOR = "\"%s\":{\"dtype\":\"U8\",\"shape\":[%s],\"data_offsets\":[%s]}";

    @TempDir
    Path temp;

    private Path folder;
    private final Sluice sluice = Sluice.open(1);

    @BeforeEach
    void copy() throws IOException {
        folder = Files.createDirectory(temp.resolve("model"));
        try (Stream<Path> files = Files.list(Fixtures.embeddedModel())) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()));
            }
        }
    }

    @AfterEach
    void close() {
        sluice.close();
    }

    static Stream<String> files() {
        return Stream.of(("config.json generation_config.json model.safetensors tokenizer.json tokenizer_config.json"
                        + " chat_template.jinja")
                .split(" "));
    }

    private void refuses(String... parts) {
        assertThatThrownBy(() -> sluice.load(folder, LoadOptions.DEFAULTS))
                .isInstanceOf(SluiceException.class)
                .hasMessageContainingAll(parts)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(5_000));
    }

    private void weights(long length, String header, int data) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        byte[] file = ByteBuffer.allocate(8 + text.length + data)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length < 0 ? length : text.length)
                .put(text)
                .array();
        Files.write(folder.resolve("model.safetensors"), file);
    }

    private static String tensor(String name, String shape, String offsets) {
        return "{" + TENSOR.formatted(name, shape, offsets) + "}";
    }

    /** CVE-2026-7482: extents beyond the file made a loader read its own heap. */
    @ParameterizedTest
    @ValueSource(strings = {"0,4096", "4096,8192", "8,16", "9007199254740990,9007199254740991"})
    void extentsBeyondTheFile(String offsets) throws IOException {
        weights(0, tensor("a", "8", offsets), 8);
        refuses("model.safetensors: tensor a");
    }

    /** Historic: offsets below zero, and an end before its begin. */
    @ParameterizedTest
    @ValueSource(strings = {"-8,0", "0,-8", "-9223372036854775808,0", "8,0"})
    void offsetsBelowZero(String offsets) throws IOException {
        weights(0, tensor("a", "8", offsets), 8);
        refuses("model.safetensors");
    }

    /** CVE-2026-27940, CVE-2024-21802: a product of sizes that wraps made a small allocation. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4294967296,4294967296",
                "4503599627370496,4096,8",
                "2147483648,2147483648,4",
                "9007199254740991,9007199254740991"
            })
    void sizesWhoseProductWraps(String shape) throws IOException {
        weights(0, tensor("a", shape, "0,0"), 0);
        refuses("model.safetensors: tensor a", "overflows 64 bits");
    }

    /** Historic: a header length of exabytes, and one of the 4 GB that a JSON parser was to hold. */
    @Test
    void giantHeaderLengths() throws IOException {
        weights(Long.MIN_VALUE, "{}", 0);
        refuses("header length 9223372036854775808 exceeds");
        weights(-1, "{}", 0);
        refuses("header length 18446744073709551615 exceeds");
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            sparse.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(4L << 30)
                    .array());
            sparse.setLength(5L << 30);
        }
        refuses("header length 4294967296 exceeds the limit of " + SafetensorsHeader.MAX_HEADER);
    }

    /** Historic: a hundred thousand tensors over one range multiplied what a loader copied. */
    @Test
    void aHundredThousandTensorsOverOneRange() throws IOException {
        String tensors = IntStream.range(0, 100_000)
                .mapToObj(i -> TENSOR.formatted("t" + i, "64", "0,64"))
                .collect(Collectors.joining(",", "{", "}"));
        weights(0, tensors, 64);
        refuses("tensors must not overlap");
    }

    /** Historic: a shape that says other than its extent. */
    @Test
    void aShapeThatItsExtentContradicts() throws IOException {
        weights(0, tensor("a", "9", "0,8"), 8);
        refuses("needs 9 bytes, its data_offsets hold 8");
    }

    /** CVE-2024-37032, CVE-2024-45436: names that lead out of the folder. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.safetensors",
                "/etc/secret.safetensors",
                "a/../../secret.safetensors",
                "..\\\\secret.safetensors",
                "C:\\\\secret.safetensors",
                "model.safetensors\\u0000.safetensors"
            })
    void shardNamesThatLeadOut(String name) throws IOException {
        Files.copy(folder.resolve("model.safetensors"), temp.resolve("secret.safetensors"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"a\":\"" + name + "\"}}");
        refuses("tensor a is said to lie in");
    }

    /** The same by symbolic links, for every file that is read. */
    @ParameterizedTest
    @MethodSource("files")
    void linksThatLeadOut(String name) throws IOException {
        Path secret = Files.move(folder.resolve(name), temp.resolve("secret"));
        Files.createSymbolicLink(folder.resolve(name), secret);
        refuses(name + ": links to", "outside the model folder");
    }

    /** A pipe that nobody writes to would be waited for without end; a device has no end. */
    @ParameterizedTest
    @MethodSource("files")
    void pipesInPlaceOfFiles(String name) throws Exception {
        Files.delete(folder.resolve(name));
        int rc = new ProcessBuilder("mkfifo", folder.resolve(name).toString())
                .start()
                .waitFor();
        assertThat(rc).isZero();
        refuses(name + ": not a regular file");
        if (name.startsWith("tokenizer")) {
            assertThatThrownBy(() -> TokenizerFile.open(folder)).hasMessageContaining("not a regular file");
        }
    }

    /** CVE-2024-12886, CVE-2025-0312, CVE-2025-0315, CVE-2025-0317: files that are far larger than they have to be. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "config.json",
                "generation_config.json",
                "model.safetensors.index.json",
                "tokenizer.json",
                "tokenizer_config.json",
                "chat_template.jinja"
            })
    void filesOfTwoGigabytes(String name) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
            sparse.setLength(2L << 30);
        }
        long before = allocated();
        refuses(name);
        assertThat(allocated() - before).isLessThan(200L << 20);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean())
                .getCurrentThreadAllocatedBytes();
    }

    /** A gzip bomb: nothing is ever unpacked. */
    @ParameterizedTest
    @ValueSource(strings = {"config.json", "tokenizer.json", "model.safetensors"})
    void archivesAreNotUnpacked(String name) throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            for (int i = 0; i < 100; i++) {
                gzip.write(new byte[1 << 20]);
            }
        }
        Files.write(folder.resolve(name), bomb.toByteArray());
        refuses(name);
    }

    /** CVE-2024-34359: a template in a model file ran code of its host. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ self.__init__.__globals__.__builtins__.open('/etc/passwd').read() }}",
                "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
                "{% for c in [].__class__.__base__.__subclasses__() %}{{ c }}{% endfor %}",
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
                "{{ messages.class.forName('java.lang.Runtime').getRuntime().exec('id') }}",
                "{{ messages['class']['protectionDomain']['codeSource'] }}",
                "{{ ''['__class__']['__mro__'] }}",
                "{{ messages | attr('__class__') | attr('__init__') }}",
                "{% include '/etc/passwd' %}",
                "{% import 'os' as os %}{{ os.system('id') }}",
                "{% extends '/etc/passwd' %}",
                "{{ lipsum.__globals__['os'].popen('id').read() }}",
            })
    void templatesThatReachForTheirHost(String source) throws IOException {
        Files.writeString(folder.resolve("chat_template.jinja"), source);
        assertThatThrownBy(() -> ConversationTemplate.open(folder, null)
                        .render(Map.of("messages", List.of(Map.of("role", "user")))))
                .isInstanceOf(InvalidModelException.class)
                .hasMessageContaining("chat_template.jinja");
    }

    /** CVE-2025-61620, CVE-2025-62426: a template that computes without end, or variables in place of the conversation. */
    @Test
    void templatesWithoutEndAndVariablesThatReplaceTheConversation() throws IOException {
        String text = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
        ConversationTemplate endless = ConversationTemplate.open(folder, text);
        Map<String, Object> messages = Map.of("messages", List.of(Map.of("role", "user", "content", "x")));
        assertThatThrownBy(() -> endless.render(messages))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("1000000 evaluations");
        for (String name : List.of("messages", "tools", "add_generation_prompt", "tokenize", "documents")) {
            assertThatThrownBy(() -> Options.builder()
                            .templateVariables(Map.of(name, "x"))
                            .build())
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining(name);
        }
        ConversationTemplate own = ConversationTemplate.open(folder, null);
        Map<String, Object> more = new HashMap<>(messages);
        more.put("tokenize", List.of());
        assertThatThrownBy(() -> own.render(more)).isInstanceOf(InvalidRequestException.class);
    }

    /** A message raised by a hostile template, or a value of a hostile tokenizer, does not fill the terminal. */
    @Test
    void longTextsOfFilesAreCutInMessages() throws IOException {
        ConversationTemplate template = ConversationTemplate.open(folder, "{{ raise_exception('a' * 1000000) }}");
        assertThatThrownBy(() -> template.render(Map.of("messages", List.of())))
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(3_000));
        Path file = folder.resolve("tokenizer.json");
        String json = Files.readString(file).replaceFirst("\"1\\.0\"", "\"" + "9".repeat(1_000_000) + "\"");
        Files.writeString(file, json);
        assertThatThrownBy(() -> TokenizerFile.open(folder))
                .hasMessageContaining("version: found 999")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(3_000));
    }

    /** CVE-2026-21869, CVE-2026-34756: numbers of a request below zero, or without bound. */
    @Test
    void numbersOfRequests() {
        for (Runnable request : List.<Runnable>of(
                () -> Options.builder().maxTokens(-1).build(),
                () -> Options.builder().topK(-1).build(),
                () -> Options.builder().temperature(Double.NaN).build(),
                () -> Options.builder().temperature(-1).build(),
                () -> Options.builder().logitBias(Map.of(-1, 1.0)).build(),
                () -> Options.builder()
                        .logitBias(IntStream.range(0, 1025).boxed().collect(Collectors.toMap(i -> i, _ -> 1.0)))
                        .build(),
                () -> Options.builder().stop("x".repeat(1000).split("")).build(),
                () -> Sluice.open(-1),
                () -> Sluice.open(1_000_000))) {
            assertThatThrownBy(request::run).isInstanceOf(InvalidRequestException.class);
        }
        try (Model model = sluice.load(folder, LoadOptions.DEFAULTS)) {
            for (int id : new int[] {
                -1, Integer.MIN_VALUE, Integer.MAX_VALUE, model.info().vocabSize()
            }) {
                assertThatThrownBy(() -> model.generate(new Prompt.Ids(List.of(id)), Options.DEFAULTS))
                        .isInstanceOf(InvalidRequestException.class);
            }
            Options most = Options.builder().maxTokens(Integer.MAX_VALUE).build();
            assertThatThrownBy(() -> model.generate(Prompt.user("x"), most))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("context");
        }
    }
}
