package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** What TAB offers in a conversation: commands, names and values of options, paths. Nothing within a question. */
final class ChatCompletion implements Parser, Completer {
    private static final int MOST_FILES = 500;

    private final ChatSettings settings;

    ChatCompletion(ChatSettings settings) {
        this.settings = settings;
    }

    /** The command, and what follows it: one word for a path, which may hold blanks, else several. */
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        String left = line.substring(0, cursor);
        int blank = left.indexOf(' ');
        if (!left.startsWith("/") || left.contains("\n") || blank < 0) {
            return new Words(line, cursor, List.of(left));
        }
        String command = left.substring(0, blank);
        String rest = left.substring(blank).stripLeading();
        boolean path = Slash.of(command)
                .filter(slash -> slash.argument() == Slash.Argument.FILE)
                .isPresent();
        List<String> words = path ? List.of(rest) : List.of(rest.split(" +", -1));
        return new Words(
                line, cursor, Stream.concat(Stream.of(command), words.stream()).toList());
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        List<String> words = line.words();
        String first = words.getFirst();
        if (!first.startsWith("/")) {
            return;
        }
        if (words.size() == 1) {
            for (Slash slash : Slash.values()) {
                candidates.add(candidate(slash.word(), slash.help(), slash.argument() != Slash.Argument.NONE));
            }
            return;
        }
        Slash.of(first).ifPresent(slash -> {
            switch (slash.argument()) {
                case NONE, TEXT -> {}
                case THINK -> values("think", words.size() == 2, candidates);
                case OPTION -> {
                    if (words.size() == 2) {
                        settings.names().forEach(name -> candidates.add(candidate(name, settings.help(name), true)));
                    } else {
                        values(words.get(1), words.size() == 3, candidates);
                    }
                }
                case FILE -> paths(words.getLast(), candidates);
            }
        });
    }

    private void values(String option, boolean here, List<Candidate> candidates) {
        if (here) {
            settings.values(option).forEach(value -> candidates.add(candidate(value, "", false)));
        }
    }

    private static Candidate candidate(String word, String help, boolean more) {
        return new Candidate(word, word, null, help.isEmpty() ? null : help, null, null, more);
    }

    private static void paths(String begun, List<Candidate> candidates) {
        String folder = begun.substring(0, begun.lastIndexOf('/') + 1);
        String name = begun.substring(folder.length());
        try (Stream<Path> files = Files.list(TextSource.path(folder))) {
            files.filter(file -> matches(file, name)).limit(MOST_FILES).forEach(file -> {
                boolean isFolder = Files.isDirectory(file);
                String word = folder + file.getFileName() + (isFolder ? "/" : "");
                candidates.add(new Candidate(
                        word, file.getFileName() + (isFolder ? "/" : ""), null, null, null, null, !isFolder));
            });
        } catch (IOException | RuntimeException e) { // a folder that cannot be read has nothing to offer
            return;
        }
    }

    private static boolean matches(Path file, String begun) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith(begun) && (begun.startsWith(".") || !name.startsWith("."));
    }

    /** A line taken apart up to the cursor; the last word is the one to complete. */
    private record Words(String line, int cursor, List<String> words) implements CompletingParsedLine {
        @Override
        public String word() {
            return words.getLast();
        }

        @Override
        public int wordCursor() {
            return word().length();
        }

        @Override
        public int wordIndex() {
            return words.size() - 1;
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor();
        }

        @Override
        public int rawWordLength() {
            return wordCursor();
        }
    }
}
