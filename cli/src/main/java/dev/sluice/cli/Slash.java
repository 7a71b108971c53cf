package dev.sluice.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The commands of a conversation. */
enum Slash {
    HELP("", Argument.NONE, "this text"),
    EXIT("", Argument.NONE, "leave; so do /bye and Ctrl-D"),
    CLEAR("", Argument.NONE, "begin again, with the same system message"),
    REGEN("", Argument.NONE, "another answer to the last question"),
    UNDO("", Argument.NONE, "take back the last question and its answer"),
    SYSTEM("[TEXT|off]", Argument.TEXT, "show, replace or drop the system message; the conversation stays"),
    SET("NAME VALUE", Argument.OPTION, "change an option, as /set temp 0.5; the value default takes it back"),
    SHOW("", Argument.NONE, "model and options in force, and where they come from"),
    STATS("", Argument.NONE, "how fast the last answer was"),
    CONTEXT("", Argument.NONE, "how much of the context is used"),
    THINK("on|off|LEVEL", Argument.THINK, "let the model think first, or not; auto: as its template has it"),
    SAVE("FILE", Argument.FILE, "write the conversation as JSON"),
    LOAD("FILE", Argument.FILE, "go on with a saved conversation in place of this one"),
    READ("FILE", Argument.FILE, "put the text of a file before your next question");

    /** What follows a command; decides how it is completed. */
    enum Argument {
        NONE,
        TEXT,
        OPTION,
        THINK,
        FILE
    }

    private final String placeholder;
    private final Argument argument;
    private final String help;

    Slash(String placeholder, Argument argument, String help) {
        this.placeholder = placeholder;
        this.argument = argument;
        this.help = help;
    }

    String word() {
        return "/" + name().toLowerCase(Locale.ROOT);
    }

    Argument argument() {
        return argument;
    }

    String help() {
        return help;
    }

    static Optional<Slash> of(String word) {
        String name = switch (word) {
            case "/bye", "/quit" -> "/exit";
            case "/?" -> "/help";
            default -> word;
        };
        return Arrays.stream(values())
                .filter(slash -> slash.word().equals(name))
                .findFirst();
    }

    static List<String> words() {
        return Stream.of(values()).map(Slash::word).toList();
    }

    /** What /help shows. */
    static String table(int columns) {
        List<String[]> rows = new ArrayList<>();
        for (Slash slash : values()) {
            rows.add(new String[] {(slash.word() + " " + slash.placeholder).strip(), slash.help});
        }
        rows.add(new String[] {"several lines", "\\ at the end of a line, Alt-Enter, or all of it in \"\"\""});
        rows.add(new String[] {"Ctrl-C", "stop the answer; what there is of it stays"});
        return PlainText.table(rows, columns).stripTrailing();
    }
}
