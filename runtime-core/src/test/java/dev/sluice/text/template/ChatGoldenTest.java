package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
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
            Template template = Template.parse(Fixtures.template(name), name);
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

    private static String outcome(Template template, Map<String, Object> context) {
        Map<String, Object> variables = new LinkedHashMap<>(context);
        variables.putIfAbsent("tools", null);
        variables.putIfAbsent("documents", null);
        variables.putIfAbsent("add_generation_prompt", false);
        List<Object> messages = new ArrayList<>();
        for (Object message : Fixtures.list(context.get("messages"))) {
            messages.add(withReasoning(Fixtures.map(message)));
        }
        variables.put("messages", messages);
        try {
            return template.render(variables, Clock.systemUTC()).text();
        } catch (TemplateException e) {
            return e.kind() == TemplateException.Kind.RAISED ? "ERR:" + e.getMessage() : "FAIL";
        }
    }

    private static Map<String, Object> withReasoning(Map<String, Object> message) {
        for (String field : List.of("reasoning_content", "thinking", "reasoning")) {
            if (message.get(field) != null) {
                Map<String, Object> changed = new LinkedHashMap<>(message);
                changed.put("reasoning_content", message.get(field));
                changed.putIfAbsent("thinking", message.get(field));
                return changed;
            }
        }
        return message;
    }
}
