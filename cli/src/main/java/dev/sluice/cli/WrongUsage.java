package dev.sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in the words of this program: what was found, what is expected. */
final class WrongUsage {
    private WrongUsage() {}

    /** One sentence without an end. */
    static String message(ParameterException problem) {
        ArgSpec argument = problem.getArgSpec();
        String value = problem.getValue();
        return switch (problem) {
            case UnmatchedArgumentException unmatched -> unmatched(unmatched);
            case MissingParameterException missing
            when missing.getMissing().size() == 1 ->
                missing(missing.getMissing().getFirst());
            case OverwrittenOptionException twice -> name(twice.getOverwritten()) + " is given twice; leave one out";
            default ->
                argument != null && value != null && !expected(argument).isEmpty()
                        ? name(argument) + " is " + value + ", expected " + expected(argument)
                        : String.valueOf(problem.getMessage());
        };
    }

    private static String unmatched(UnmatchedArgumentException problem) {
        CommandSpec command = problem.getCommandLine().getCommandSpec();
        String word = problem.getUnmatched().getFirst();
        if (problem.isUnknownOption()) {
            String option = word.replaceFirst("=.*", "");
            boolean model = option.equals("-m") || option.equals("--model");
            return model && hasModel(command)
                    ? command.name() + " takes the model as its argument: " + command.qualifiedName() + " MODEL"
                    : "no option is called " + option
                            + meant(option, command.optionsMap().keySet());
        }
        if (command.positionalParameters().isEmpty() && !command.subcommands().isEmpty()) {
            return unknown(word, command);
        }
        return "\"" + word + "\" is one argument too many; a text or a name with blanks in it goes into quotes";
    }

    /** A word in place of a command. */
    static String unknown(String word, CommandSpec command) {
        return "no command is called " + word
                + meant(word, command.subcommands().keySet());
    }

    private static boolean hasModel(CommandSpec command) {
        return command.positionalParameters().stream()
                .anyMatch(argument -> argument.paramLabel().startsWith(ModelArgument.LABEL));
    }

    private static String meant(String word, Collection<String> known) {
        return Suggestion.of(word, known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    }

    private static String missing(ArgSpec argument) {
        return argument instanceof OptionSpec
                ? name(argument) + " needs a value, " + argument.paramLabel()
                : argument.paramLabel() + " is missing";
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** What an argument takes, when its type says so. */
    private static String expected(ArgSpec argument) {
        List<Class<?>> types = List.of(argument.auxiliaryTypes());
        Class<?> type = types.getLast();
        if (argument.isMultiValue() && types.size() > 1) {
            return argument.paramLabel();
        }
        if (type.isEnum()) {
            List<String> words = new ArrayList<>();
            for (Object constant : type.getEnumConstants()) {
                words.add(constant.toString().toLowerCase(Locale.ROOT));
            }
            return "one of " + String.join(", ", words);
        }
        if (type == Integer.class || type == int.class) {
            return "a whole number up to " + Integer.MAX_VALUE;
        }
        if (type == Long.class || type == long.class) {
            return "a whole number up to " + Long.MAX_VALUE;
        }
        if (type == Double.class || type == double.class) {
            return "a number";
        }
        return type == Boolean.class || type == boolean.class ? "true or false" : "";
    }
}
