package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Clock;
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

    private final List<String> sources = new ArrayList<>();
    private final List<Map<String, Object>> variables = new ArrayList<>();

    TemplateFuzzTest() {
        List<Object> conversations = Fixtures.list(Fixtures.json("cases.json"));
        for (String name : List.of("qwen3", "qwen3think", "qwen35", "qwen38")) {
            for (int i = 0; i < 40; i++) {
                sources.add(Fixtures.template(name));
                Object conversation = conversations.get(i * conversations.size() / 40);
                variables.add(Fixtures.map(Fixtures.map(conversation).get("ctx")));
            }
        }
        for (Object unit :
                Fixtures.list(Fixtures.map(Fixtures.json("jinja-unit.json")).get("cases"))) {
            sources.add((String) Fixtures.map(unit).get("template"));
            variables.add(Fixtures.map(Fixtures.map(unit).get("context")));
        }
    }

    @Test
    void mutatedTemplatesEndInTextOrAnError() {
        fuzz(1, 2_000);
    }

    @Test
    @Tag("full")
    void manyMutatedTemplatesEndInTextOrAnError() {
        for (int seed = 2; seed < 42; seed++) {
            fuzz(seed, 25_000);
        }
    }

    private void fuzz(long seed, int rounds) {
        SplittableRandom random = new SplittableRandom(seed);
        int rendered = 0;
        for (int round = 0; round < rounds; round++) {
            int pick = random.nextInt(sources.size());
            String source = mutate(sources.get(pick), random);
            long start = System.nanoTime();
            try {
                RenderedPrompt prompt = Template.parse(source, "fuzz")
                        .render(
                                variables.get(random.nextInt(8) == 0 ? random.nextInt(variables.size()) : pick),
                                Clock.systemUTC());
                assertThat(prompt.text().length()).isLessThanOrEqualTo(Budget.MAX_TEXT);
                rendered++;
            } catch (TemplateException e) {
                assertThat(e.line()).isPositive();
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + ", round " + round + ":\n" + source, e);
            }
            // a mutation may legally ask for a million evaluations; twenty seconds is far beyond those
            assertThat(System.nanoTime() - start).as(source).isLessThan(20_000_000_000L);
        }
        assertThat(rendered).isBetween(rounds / 20, rounds * 19 / 20);
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
