package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.text.template.Fixtures;
import dev.sluice.text.template.TemplateException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** 97 conversations rendered with four released templates, as transformers renders them. */
class ChatGoldenTest {
    @Test
    void everyConversationRendersAsTheReference() {
        Map<String, Object> expected = Fixtures.map(Fixtures.json("expected.json"));
        List<Object> cases = Fixtures.list(Fixtures.json("cases.json"));
        List<String> wrong = new ArrayList<>();
        for (String name : List.of("qwen3", "qwen3think", "qwen35", "qwen38")) {
            ChatTemplate template = ChatTemplate.parse(Fixtures.template(name), name);
            for (Object entry : cases) {
                Map<String, Object> conversation = Fixtures.map(entry);
                String key = name + "/" + conversation.get("name");
                String actual = outcome(template, Fixtures.map(conversation.get("ctx")));
                String wanted = (String) expected.get(key);
                if (!actual.equals(wanted.startsWith("FAIL:") ? "FAIL" : wanted)) {
                    wrong.add(key + "\n  expected " + wanted + "\n  actual   " + actual);
                }
            }
        }
        System.out.printf("chat renderings: %d/%d%n", expected.size() - wrong.size(), expected.size());
        assertThat(wrong).isEmpty();
        assertThat(expected).hasSize(388);
    }

    private static String outcome(ChatTemplate template, Map<String, Object> conversation) {
        try {
            return template.render(context(conversation)).text();
        } catch (TemplateException e) {
            return e.kind() == TemplateException.Kind.RAISED ? "ERR:" + e.getMessage() : "FAIL";
        }
    }

    /** A case of {@code cases.json}: its other variables are template arguments. */
    static TemplateContext context(Map<String, Object> conversation) {
        Map<String, Object> arguments = new LinkedHashMap<>(conversation);
        List<Map<String, Object>> messages = new ArrayList<>();
        Fixtures.list(arguments.remove("messages")).forEach(message -> messages.add(Fixtures.map(message)));
        Object tools = arguments.remove("tools");
        Object prompt = arguments.remove("add_generation_prompt");
        return new TemplateContext(
                messages, tools == null ? null : Fixtures.list(tools), Boolean.TRUE.equals(prompt), arguments);
    }
}
