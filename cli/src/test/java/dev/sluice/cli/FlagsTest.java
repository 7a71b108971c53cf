package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;

/** What is declared arrives where it was declared to go, and a second command line begins anew. */
class FlagsTest {
    private final CommandSpec spec = CommandSpec.create().name("test");
    private final Flags flags = new Flags(spec);

    private Integer count;
    private String form = "plain";
    private boolean quiet;
    private List<Path> files;
    private Map<Integer, Double> bias;
    private String first;
    private List<String> others;

    private void parse(String... args) {
        new CommandLine(spec).parseArgs(args);
    }

    @Test
    void an_option_has_the_names_and_the_label_that_are_shown() {
        flags.option("-n, --count=N", "How many.").value(Integer.class, given -> count = given);
        flags.option("--bias=ID=BIAS", "How likely.").map(Integer.class, Double.class, all -> bias = all);
        flags.option("--quiet", "No progress.").flag(on -> quiet = on);
        assertThat(spec.findOption("--count").names()).containsExactly("-n", "--count");
        assertThat(spec.findOption("-n").paramLabel()).isEqualTo("N");
        assertThat(spec.findOption("-n").description()).containsExactly("How many.");
        assertThat(spec.findOption("--bias").paramLabel()).isEqualTo("ID=BIAS");
        parse("-n", "3", "--bias", "7=0.5", "--bias=8=-1", "--quiet");
        assertThat(count).isEqualTo(3);
        assertThat(bias).isEqualTo(Map.of(7, 0.5, 8, -1.0));
        assertThat(quiet).isTrue();
    }

    @Test
    void values_begin_anew_with_each_command_line() {
        flags.option("--count=N", "").value(Integer.class, given -> count = given);
        flags.option("--form=F", "").value(String.class, form, given -> form = given);
        flags.option("--quiet", "").flag(on -> quiet = on);
        flags.option("--file=FILE", "").list(Path.class, all -> files = all);
        List<Object> seen = new ArrayList<>();
        for (String line : List.of("--count=1 --form=json --quiet --file=a --file=b", "--file=c", "--quiet=false")) {
            parse(line.split(" "));
            seen.add(count + " " + form + " " + quiet + " " + files);
        }
        assertThat(seen).containsExactly("1 json true [a, b]", "null plain false [c]", "null plain false []");
    }

    @Test
    void arguments_come_in_the_order_of_their_declaration() {
        flags.argument("FIRST", "1", "").value(String.class, given -> first = given);
        flags.argument("OTHER", "0..*", "").list(String.class, all -> others = all);
        parse("a");
        assertThat(first + others).isEqualTo("a[]");
        parse("a", "b", "c");
        assertThat(first + others).isEqualTo("a[b, c]");
        assertThatThrownBy(this::parse).isInstanceOf(MissingParameterException.class);
    }

    @Test
    void what_few_options_have_is_picoclis_own() {
        flags.option("--file=FILE", "").with(option -> option.splitRegex(",")).list(Path.class, all -> files = all);
        parse("--file=a,b");
        assertThat(files).containsExactly(Path.of("a"), Path.of("b"));
    }
}
