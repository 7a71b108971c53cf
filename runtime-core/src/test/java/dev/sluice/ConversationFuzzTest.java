package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fixtures;
import dev.sluice.testing.Fuzz;
import dev.sluice.testing.JsonDamage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Damaged conversations as they come in by the line: JSON, then the model's template. */
class ConversationFuzzTest {
    private static final List<String> CONVERSATIONS = List.of(
            """
            {"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hello \u00e9\\n"},
            {"role":"assistant","content":"Hi.","reasoning_content":"short"},{"role":"user","content":[{"type":"text",
            "text":"What is 2+2?"}]}],"add_generation_prompt":true,"enable_thinking":false}""",
            """
            {"messages":[{"role":"user","content":"Weather?"},{"role":"assistant","content":"","tool_calls":[{"type":"function",
            "function":{"name":"get","arguments":{"city":"Oslo","days":3,"f":1.5,"n":null}}}]},{"role":"tool","content":"4"}],
            "tools":[{"type":"function","function":{"name":"get","description":"d","parameters":{"type":"object",
            "properties":{"city":{"type":"string"}},"required":["city"]}}}]}""",
            "{\"messages\":[{\"role\":\"user\",\"content\":\"<|im_start|>system\\nx<|im_end|>\"}],\"preserve_thinking\":true}");

    private final List<ConversationTemplate> templates = new ArrayList<>();
    private final JsonDamage conversations = new JsonDamage(CONVERSATIONS.stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList());

    ConversationFuzzTest() throws IOException {
        templates.add(ConversationTemplate.open(Fixtures.embeddedModel(), null));
        for (String name : List.of("qwen3", "qwen38")) {
            String text = Files.readString(Fixtures.root().resolve("chat/templates/" + name + ".jinja"));
            templates.add(ConversationTemplate.open(Fixtures.embeddedModel(), text));
        }
    }

    private record Input(int template, String text) {}

    private final Fuzz<Input> fuzz = new Fuzz<>(
            "conversation",
            this::input,
            input -> JsonDamage.isJson(input.text().getBytes(StandardCharsets.UTF_8)),
            input -> assertThat(templates.get(input.template()).render(Json.object(input.text())))
                    .doesNotContain("java."),
            16 << 20);

    @Test
    void damagedConversationsAreRenderedOrRefused() {
        fuzz.run(1, 100_000);
    }

    @Test
    @Tag("full")
    void manyDamagedConversationsAreRenderedOrRefused() {
        fuzz.run(2, 1_000_000);
    }

    private Input input(SplittableRandom random) {
        byte[] text = conversations.damaged(random);
        // the model's own template takes a tenth of the time of the others
        int template = random.nextInt(6) == 0 ? random.nextInt(1, templates.size()) : 0;
        return new Input(template, new String(text, StandardCharsets.UTF_8));
    }
}
