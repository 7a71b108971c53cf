package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Fuzz;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seeded mutations of the released templates and of the units: rendering gives text or a {@link TemplateException}. */
class TemplateFuzzTest {
    private static final String[] PIECES = {
        "{%",
        "%}",
        "{{",
        "}}",
        "{#",
        "#}",
        "{%-",
        "-%}",
        "{{-",
        "-}}",
        "+%}",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "\\",
        "\n",
        "|",
        ".",
        ",",
        ":",
        "~",
        "+",
        "-",
        "*",
        "**",
        "/",
        "//",
        "%",
        "==",
        "<",
        " is ",
        " not ",
        " in ",
        " and ",
        " or ",
        " if ",
        " else ",
        "for",
        "endfor",
        "endif",
        "set",
        "macro",
        "endmacro",
        "raw",
        "endraw",
        "loop",
        "messages",
        "ns",
        "none",
        "true",
        "9999999999",
        "0",
        "-1",
        "1e308",
        "''",
        "[]",
        "{}",
        "range(9)",
        "| list",
        "| tojson",
        "| length",
        ".split('')",
        "[::-1]",
        "\u00e9",
        "\ud83d\ude00",
        "\ud83d",
        "\u0000",
        "99999",
        "| join",
        "namespace(a=1)",
        "content",
        "* 99999"
    };

    private record Input(String source, Map<String, Object> variables) {}

    private final List<String> sources = new ArrayList<>();
    private final List<Map<String, Object>> variables = new ArrayList<>();
    /** Index of the first unit; before it stand the released templates. */
    private final int units;

    TemplateFuzzTest() {
        List<Object> conversations = Fixtures.list(Fixtures.json("cases.json"));
        for (String name : List.of("qwen3", "qwen3think", "qwen35", "qwen38")) {
            for (int i = 0; i < 40; i++) {
                sources.add(Fixtures.template(name));
                Object conversation = conversations.get(i * conversations.size() / 40);
                variables.add(Fixtures.map(Fixtures.map(conversation).get("ctx")));
            }
        }
        units = sources.size();
        for (Object unit :
                Fixtures.list(Fixtures.map(Fixtures.json("jinja-unit.json")).get("cases"))) {
            sources.add((String) Fixtures.map(unit).get("template"));
            variables.add(Fixtures.map(Fixtures.map(unit).get("context")));
        }
    }

    /** A damaged template may legally ask for a million evaluations and all the memory of {@link Budget}. */
    private final Fuzz<Input> fuzz = new Fuzz<>(
            "template", this::input, input -> lexes(input.source()), this::render, 600L << 20, 20_000_000_000L);

    @Test
    void damagedTemplatesEndInTextOrAnError() {
        fuzz.run(1, 100_000);
    }

    @Test
    @Tag("full")
    void manyDamagedTemplatesEndInTextOrAnError() {
        fuzz.run(2, 1_500_000);
    }

    /** Whether the template comes apart into tokens. */
    private static boolean lexes(String source) {
        try {
            return !Lexer.tokens(source).isEmpty();
        } catch (TemplateException e) {
            return false;
        }
    }

    private void render(Input input) {
        try {
            RenderedPrompt prompt =
                    Template.parse(input.source(), "fuzz").render(input.variables(), LocalDateTime::now);
            assertThat(prompt.text().length()).isLessThanOrEqualTo(Budget.MAX_TEXT);
        } catch (TemplateException e) {
            assertThat(e.line()).isPositive();
            throw e;
        }
    }

    /** A released template costs as much as twenty units. */
    private Input input(SplittableRandom random) {
        int pick = random.nextInt(32) == 0 ? random.nextInt(units) : random.nextInt(units, sources.size());
        int other = random.nextInt(8) == 0 ? random.nextInt(variables.size()) : pick;
        return new Input(mutate(sources.get(pick), random), variables.get(other));
    }

    private String mutate(String source, SplittableRandom random) {
        StringBuilder text = new StringBuilder(source);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(12));
            String piece = PIECES[random.nextInt(PIECES.length)];
            switch (random.nextInt(5)) {
                case 0 -> text.insert(at, piece);
                case 1 -> text.replace(at, end, piece);
                case 2 -> text.delete(at, end);
                case 3 -> text.insert(at, text.substring(at, end));
                default -> {
                    String other = sources.get(random.nextInt(sources.size()));
                    int from = random.nextInt(other.length() + 1);
                    text.insert(at, other, from, Math.min(other.length(), from + random.nextInt(40)));
                }
            }
        }
        return text.toString();
    }
}
