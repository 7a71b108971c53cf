package dev.sluice.text.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The 522 small templates of {@code jinja-unit.json}, with the outputs and errors of Jinja 3.1.6. */
class JinjaUnitTest {
    /** Rare constructs that are refused on purpose; all others must give Jinja's own outcome. */
    private static final List<String> REFUSED = List.of(
            "literal-38",
            "arith-23",
            "arith-24",
            "filters-30",
            "filters-33",
            "filters-34",
            "filters-35",
            "filters-36",
            "filters-47",
            "filters-50",
            "methods-28",
            "methods-29",
            "methods-30",
            "functions-12",
            "functions-13",
            "functions-14");

    private final Map<String, Object> fixture = Fixtures.map(Fixtures.json("jinja-unit.json"));
    private final LocalDateTime now = LocalDateTime.parse((String) fixture.get("now"));

    @Test
    void everyUnitGivesTheOutcomeOfTheReference() {
        List<String> wrong = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        List<Object> cases = Fixtures.list(fixture.get("cases"));
        for (Object entry : cases) {
            Map<String, Object> unit = Fixtures.map(entry);
            String name = (String) unit.get("name");
            String expected = expected(unit);
            String actual = outcome(unit);
            if (expected.equals(actual)) {
                continue;
            }
            if (unit.containsKey("rare") && actual.startsWith("error")) {
                refused.add(name);
            } else {
                wrong.add(name + " " + unit.get("template") + "\n  expected " + expected + "\n  actual   " + actual);
            }
        }
        System.out.printf(
                "jinja-unit: %d/%d as the reference, %d rare ones refused %s%n",
                cases.size() - wrong.size() - refused.size(), cases.size(), refused.size(), refused);
        assertThat(wrong).isEmpty();
        assertThat(cases).hasSize(522);
        assertThat(refused).isEqualTo(REFUSED);
    }

    private static String expected(Map<String, Object> unit) {
        if (unit.containsKey("output")) {
            return "output " + unit.get("output");
        }
        return "raise".equals(unit.get("error")) ? "raised " + unit.get("message") : "error";
    }

    private String outcome(Map<String, Object> unit) {
        try {
            Template template = Template.parse((String) unit.get("template"), "unit");
            return "output "
                    + template.render(Fixtures.map(unit.get("context")), () -> now)
                            .text();
        } catch (TemplateException e) {
            return e.kind() == TemplateException.Kind.RAISED ? "raised " + e.getMessage() : "error";
        }
    }
}
