package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.text.template.TemplateException.Kind;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates and variables that try to take the process down: each ends with an error, soon and on a small stack. */
@Timeout(20)
class HostileTemplateTest {
    /** Half of the smallest default stack of a platform. */
    private static final long STACK = 512 << 10;

    private static RenderedPrompt render(String source, Map<String, Object> variables) {
        return Template.parse(source, "t").render(variables, LocalDateTime::now);
    }

    /** What rendering throws on a small stack; null when it ends well. */
    private static Throwable failure(String source, Map<String, Object> variables) throws InterruptedException {
        Throwable[] failure = new Throwable[1];
        Thread thread = Thread.ofPlatform().stackSize(STACK).start(() -> {
            try {
                render(source, variables);
            } catch (Throwable t) {
                failure[0] = t;
            }
        });
        thread.join();
        return failure[0];
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(a) %}{{ g(a) }}{% endmacro %}{% macro g(a) %}{{ f(a) }}{% endmacro %}{{ f(1) }}",
                "{% macro f(a, b=f(a)) %}{% endmacro %}{{ f(1) }}",
                "{% macro f() %}{% if 1 %}{% for i in [1] %}{{ [[[f() ~ 1]]] }}{% endfor %}{% endif %}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ caller() }}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{% call f() %}{% endcall %}",
                "{{ range(10 ** 12) }}",
                "{{ range(-10 ** 18, 10 ** 18) }}",
                "{{ 'a' * 10 ** 9 }}",
                "{{ 'a' * 10 ** 18 }}",
                "{{ [0] * 10 ** 9 }}",
                "{{ [0] * 10 ** 18 }}",
                "{{ 'a'.center(10 ** 15) }}",
                "{{ '7'.zfill(10 ** 15) }}",
                "{{ 'a' | indent(10 ** 12) }}",
                "{{ [1] | tojson(indent=10 ** 9) }}",
                "{{ 'a' | center(10 ** 12) }}",
                "{% set ns = namespace(s='aa') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='aa') %}{% for i in range(99) %}{% set ns.s = ns.s.replace('a', 'aa') %}{% endfor %}",
                "{% set ns = namespace(s='aa') %}{% for i in range(99) %}{% set ns.s = ns.s | replace('', 'xx') %}{% endfor %}",
                "{% set ns = namespace(s='<') %}{% for i in range(99) %}{% set ns.s = ns.s | e | string | tojson ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(l=[1, 1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l | tojson }}",
                "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l == ns.m }}",
                "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(99) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% endfor %}{{ ns.l < ns.m }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}",
                "{% set ns = namespace(l={}) %}{% for i in range(9999) %}{% set ns.l = {'a': ns.l} %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% set x = range(99999) | list %}{% endfor %}",
                "{% for a in range(99999) %}{% set x = range(99999) | map('string') | list %}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for a in range(99999) %}{{ 'b' in s }}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for a in range(99999) %}{{ s[7] }}{% endfor %}",
                "{% set s = 'a' * 999999 %}{% set t = 'a' * 99999 ~ 'b' %}{% for a in range(99999) %}{{ t in s }}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for a in range(99999) %}{{ s.split('a') | length }}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for a in range(99999) %}{{ s == s ~ '' }}{% endfor %}",
                "{% set s = ' ' * 9999999 %}{% for a in range(99999) %}{{ s | trim }}{{ s | length }}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for a in range(99999) %}{{ s | upper | length }}{% endfor %}",
                "{% set s = 'a' * 9999999 %}{% for c in s %}{% endfor %}",
                "{% set s = 'ab' * 9999999 %}{{ s }}{{ s }}",
                "{% for a in range(9999) %}{{ 'a' * 9999 }}{% endfor %}",
                "{{ (10 ** 18) * (10 ** 18) }}",
                "{{ 9 ** 9 ** 9 }}",
            })
    void whatTheTemplateAsksForIsBounded(String source) throws InterruptedException {
        assertThat(failure(source, Map.of())).isInstanceOf(TemplateException.class);
    }

    static List<String> deep() {
        int n = 100_000;
        List<String> sources = new ArrayList<>();
        sources.add("{{ " + "(".repeat(n) + "1" + ")".repeat(n) + " }}");
        sources.add("{{ " + "[".repeat(n) + "]".repeat(n) + " }}");
        sources.add("{{ " + "{1:".repeat(n) + "1" + "}".repeat(n) + " }}");
        sources.add("{{ " + "not ".repeat(n) + "1 }}");
        sources.add("{{ " + "-".repeat(n) + "1 }}");
        sources.add("{{ 1" + " + 1".repeat(n) + " }}");
        sources.add("{{ 1" + " and 1".repeat(n) + " }}");
        sources.add("{{ 1" + " if 1 else 1".repeat(n) + " }}");
        sources.add("{{ x" + ".x".repeat(n) + " }}");
        sources.add("{{ x" + "[0]".repeat(n) + " }}");
        sources.add("{{ x" + "()".repeat(n) + " }}");
        sources.add("{{ 1" + " | string".repeat(n) + " }}");
        sources.add("{{ " + "x(".repeat(n) + ")".repeat(n) + " }}");
        sources.add("{% if 1 %}".repeat(n));
        sources.add("{% for i in [1] %}".repeat(n) + "{% endfor %}".repeat(n));
        sources.add("{% for " + "(".repeat(n) + "a" + ")".repeat(n) + " in x %}{% endfor %}");
        return sources;
    }

    @ParameterizedTest
    @MethodSource("deep")
    void nestingIsBounded(String source) throws InterruptedException {
        assertThat(failure(source, Map.of())).isInstanceOf(TemplateException.class);
    }

    static List<String> broken() {
        int n = 500_000;
        return List.of(
                "{%".repeat(n),
                "{{".repeat(n),
                "{#".repeat(n),
                "{% raw %}" + "{%".repeat(n),
                "{% raw %}" + "{%   ".repeat(n / 3),
                "{{ '" + "\\".repeat(n),
                "{{ '" + "a".repeat(n),
                "{{ " + " ".repeat(n),
                "{{ 1" + "_1".repeat(n) + " }}",
                "{{ " + "1".repeat(n) + " }}",
                "{{ 0x" + "f".repeat(n) + " }}",
                "{{ a" + " a".repeat(n) + " }}",
                "{% if 1 %}" + "{% elif 1 %}".repeat(n / 6),
                "{% set a" + ",a".repeat(n - 10) + " = 1 %}",
                "a".repeat(3 * n));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void brokenTemplatesAreRefused(String source) throws InterruptedException {
        assertThat(failure(source, Map.of()))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 60, 130})
    void whatIsAllowedFitsTheStack(int depth) throws InterruptedException {
        String nested = "{{ " + "(".repeat(depth / 2 - 5) + "1" + ")".repeat(depth / 2 - 5) + " }}";
        String chain = "{{ 1" + " + 1".repeat(2 * depth) + " }}";
        String filters = "{{ 'a'" + " | trim".repeat(2 * depth) + " }}";
        String recursion =
                "{% macro f(n) %}{% if n %}{{ ('a' ~ (f(n - 1) | trim)) }}{% endif %}{% endmacro %}{{ f(50) }}";
        for (String source : List.of(nested, chain, filters, recursion)) {
            assertThat(failure(source, Map.of())).isNull();
        }
    }

    @Test
    void longAlternativesAreNotNested() throws InterruptedException {
        assertThat(failure("{% if 0 %}" + "{% elif 0 %}".repeat(50_000) + "{% endif %}", Map.of()))
                .isNull();
    }

    @Test
    void deepVariablesAreRefused() throws InterruptedException {
        Object list = List.of();
        Object map = Map.of();
        for (int i = 0; i < 100_000; i++) {
            list = List.of(list);
            map = Map.of("a", map);
        }
        assertThat(failure("{{ x }}", Map.of("x", list))).isInstanceOf(TemplateException.class);
        assertThat(failure("{{ x }}", Map.of("x", map))).isInstanceOf(TemplateException.class);
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        assertThat(failure("{{ x }}", Map.of("x", cycle))).isInstanceOf(TemplateException.class);
    }

    @Test
    void limitsNameThemselves() {
        Map<String, Object> none = Map.of();
        assertThatThrownBy(() ->
                        render("{% for i in range(99999) %}{% for j in range(99) %}{% endfor %}{% endfor %}", none))
                .isInstanceOfSatisfying(
                        TemplateException.class, e -> assertThat(e.kind()).isEqualTo(Kind.LIMIT))
                .hasMessageContaining("1000000 evaluations");
        assertThatThrownBy(() -> render("{{ 'a' * 16777217 }}", none)).hasMessageContaining("16777216 characters");
        assertThat(render("{{ 'a' * 16777216 }}", none).text()).hasSize(16 << 20);
        assertThatThrownBy(() -> render("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", none))
                .hasMessageContaining("64 levels");
    }

    /** A conversation of 4 million characters in 400 turns stays within the limits, with every released template. */
    @ParameterizedTest
    @ValueSource(strings = {"qwen3", "qwen3think", "qwen35", "qwen38"})
    void longConversationsRender(String name) {
        List<Object> messages = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Map<String, Object> message = new LinkedHashMap<>();
            message.put("role", i % 2 == 0 ? "user" : "assistant");
            message.put("content", "word ".repeat(2_000));
            messages.add(message);
        }
        Map<String, Object> variables = new LinkedHashMap<>(Map.of("messages", messages));
        variables.put("tools", null);
        assertThat(render(Fixtures.template(name), variables).text()).hasSizeGreaterThan(3_900_000);
    }

    @Test
    void templatesCannotReachTheHost() {
        Map<String, Object> variables = Map.of("d", Map.of("a", 1), "s", "text", "l", List.of(1));
        for (String owner : List.of("d", "s", "l", "1", "range", "none", "true", "1.5", "d.items", "loop")) {
            for (String name :
                    List.of("class", "getClass", "__class__", "__globals__", "hashCode", "toString", "__init__")) {
                String source = "{{ " + owner + "." + name + " }}";
                try {
                    assertThat(render(source, variables).text()).as(source).isEmpty();
                } catch (TemplateException e) {
                    assertThat(e.kind()).isEqualTo(Kind.EVALUATION);
                }
                assertThatThrownBy(() -> render("{{ " + owner + "." + name + "() }}", variables))
                        .isInstanceOf(TemplateException.class);
            }
        }
        assertThatThrownBy(() -> render("{{ x }}", Map.of("x", new Object())))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("java.lang.Object");
    }

    /** Found by {@link TemplateFuzzTest}: the name of a filter that does not exist was repeated whatever its length. */
    @ParameterizedTest
    @ValueSource(
            strings = {"{{ 1 | %s }}", "{{ %s.a.b }}", "{{ 1 is %s }}", "{{ raise_exception('%s') }}", "{%% %s %%}"})
    void longNamesAreCutInMessages(String source) {
        assertThatThrownBy(() -> render(source.formatted("x".repeat(500_000)), Map.of()))
                .isInstanceOf(TemplateException.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(2_200));
    }
}
