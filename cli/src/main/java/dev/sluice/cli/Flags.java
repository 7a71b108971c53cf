package dev.sluice.cli;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The options and arguments of a command, each declared as the help shows it, with the place its value goes to:
 *
 * <pre>{@code
 * flags.option("-n, --max-tokens=N", "Most tokens to generate.").value(Integer.class, n -> maxTokens = n);
 * flags.option("--quiet", "Errors and the generated text only.").flag(on -> quiet = on);
 * }</pre>
 *
 * <p>picocli's annotations say the same, but it reads them by reflection: 35 ms of a cold start for 30 options.
 */
final class Flags {
    private final CommandSpec command;

    Flags(CommandSpec command) {
        this.command = command;
    }

    /** An option such as {@code -n, --max-tokens=N}. */
    Flag option(String shown, String text) {
        int equals = shown.indexOf('=');
        String label = equals < 0 ? "" : shown.substring(equals + 1);
        String names = equals < 0 ? shown : shown.substring(0, equals);
        int comma = names.indexOf(", ");
        return comma < 0
                ? new Flag(label, text, names)
                : new Flag(label, text, names.substring(0, comma), names.substring(comma + 2));
    }

    /** Words without a name; {@code arity} says how many, such as {@code 0..1}. */
    Flag argument(String label, String arity, String text) {
        Flag argument = new Flag(label, text);
        argument.arity = arity;
        return argument;
    }

    /** What is being declared; one of {@link #flag}, {@link #value}, {@link #list} and {@link #map} completes it. */
    final class Flag {
        private final String label;
        private final String text;
        private final String[] names;
        private String arity = "";
        private @Nullable Consumer<OptionSpec.Builder> more;

        private Flag(String label, String text, String... names) {
            this.label = label;
            this.text = text;
            this.names = names;
        }

        /** With what few options have. */
        Flag with(Consumer<OptionSpec.Builder> attributes) {
            more = attributes;
            return this;
        }

        /** One that nobody but picocli and {@link Main} asks for. */
        void flag() {
            flag(_ -> {});
        }

        /** True when it is given; {@code --name=false} takes it back. */
        void flag(Consumer<Boolean> to) {
            add(Boolean.class, false, to, Boolean.class);
        }

        /** One value; null when it is not given. */
        <T> void value(Class<T> type, Consumer<@Nullable T> to) {
            add(type, null, to, type);
        }

        /** One value, which is {@code initial} when it is not given. */
        <T> void value(Class<T> type, T initial, Consumer<T> to) {
            add(type, initial, to, type);
        }

        /** All values that are given, in their order. */
        <T> void list(Class<T> type, Consumer<List<T>> to) {
            add(List.class, List.of(), to, type);
        }

        /** Values given as {@code KEY=VALUE}. */
        <K, V> void map(Class<K> keys, Class<V> values, Consumer<Map<K, V>> to) {
            add(Map.class, Map.of(), to, keys, values);
        }

        private void add(Class<?> type, @Nullable Object initial, Consumer<?> to, Class<?>... parts) {
            Place value = new Place(to);
            if (names.length == 0) {
                int place = command.positionalParameters().size();
                command.addPositional(PositionalParamSpec.builder()
                        .index(type == List.class ? place + "..*" : String.valueOf(place))
                        .paramLabel(label)
                        .description(text)
                        .arity(arity)
                        .required(!arity.startsWith("0"))
                        .type(type)
                        .auxiliaryTypes(parts)
                        .initialValue(initial)
                        .getter(value)
                        .setter(value)
                        .build());
                return;
            }
            OptionSpec.Builder option = OptionSpec.builder(names)
                    .paramLabel(label)
                    .description(text)
                    .type(type)
                    .auxiliaryTypes(parts)
                    .initialValue(initial)
                    .getter(value)
                    .setter(value);
            if (more != null) {
                more.accept(option);
            }
            command.addOption(option.build());
        }
    }

    /** Where a value goes, and the value itself, to which picocli adds when an option is repeated. */
    private static final class Place implements IGetter, ISetter {
        private final Consumer<Object> to;
        private @Nullable Object value;

        @SuppressWarnings("unchecked") // the types of an option and of its place are declared as one
        Place(Consumer<?> to) {
            this.to = (Consumer<Object>) to;
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as picocli has it
        public <T> @Nullable T get() {
            return (T) value;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> @Nullable T set(T next) {
            T before = (T) value;
            value = next;
            to.accept(next);
            return before;
        }
    }
}
