package dev.sluice.tools.bench;

import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one repetition runs: a prompt, then single tokens, at a depth.
 *
 * @param prompt tokens run in chunks, 0 for none
 * @param generated tokens run one by one, 0 for none
 * @param depth tokens that the sequence holds before
 */
public record Workload(int prompt, int generated, int depth) {
    /** Most tokens of any part: the largest context that any release was made for, stretched. */
    public static final int MOST = 1 << 20;

    private static final Pattern TEST = Pattern.compile("(pp|tg|pg)([0-9]+)(?:@d([0-9]+))?");

    /** Refuses numbers out of range. */
    public Workload {
        check("prompt tokens", prompt);
        check("generated tokens", generated);
        check("depth", depth);
        if (prompt + generated == 0) {
            throw new InvalidRequestException("a test of 0 prompt tokens and 0 generated tokens does nothing");
        }
    }

    private static void check(String what, int tokens) {
        if (tokens < 0 || tokens > MOST) {
            throw new InvalidRequestException(what + " is " + tokens + ", expected 0 to " + MOST);
        }
    }

    /**
     * Reads a list of tests: {@code pp512} (a prompt), {@code tg128} (single tokens), {@code pg512,128} (both in turn),
     * each perhaps with {@code @d4096} behind it.
     *
     * @param depths depths of the tests that name none; the list is run at each
     */
    public static List<Workload> parse(String tests, List<Integer> depths) {
        List<Workload> out = new ArrayList<>();
        String[] words = tests.replaceAll("\\s+", "").toLowerCase(Locale.ROOT).split(",", -1);
        for (int depth : depths) {
            for (int i = 0; i < words.length; i++) {
                Matcher test = TEST.matcher(words[i]);
                if (!test.matches()) {
                    throw unknown(words[i], tests);
                }
                int tokens = number(test.group(2), tests);
                int own = test.group(3) == null ? depth : number(test.group(3), tests);
                switch (test.group(1)) {
                    case "pp" -> out.add(new Workload(positive(tokens, words[i]), 0, own));
                    case "tg" -> out.add(new Workload(0, positive(tokens, words[i]), own));
                    default -> {
                        Matcher second = Pattern.compile("([0-9]+)(?:@d([0-9]+))?")
                                .matcher(i + 1 < words.length ? words[i + 1] : "");
                        if (!second.matches()) {
                            throw new InvalidRequestException("test \"" + words[i]
                                    + "\" needs two numbers, prompt and generated tokens, as in pg512,128");
                        }
                        i++;
                        int at = second.group(2) == null ? own : number(second.group(2), tests);
                        out.add(new Workload(tokens, number(second.group(1), tests), at));
                    }
                }
            }
        }
        return out.stream().distinct().toList();
    }

    private static int positive(int tokens, String test) {
        if (tokens == 0) {
            throw new InvalidRequestException("test \"" + test + "\" has 0 tokens, expected 1 to " + MOST);
        }
        return tokens;
    }

    private static int number(String digits, String tests) {
        if (digits.length() > 9) {
            throw new InvalidRequestException("\"" + tests + "\" has the number " + digits + ", expected 0 to " + MOST);
        }
        return Integer.parseInt(digits);
    }

    private static InvalidRequestException unknown(String test, String tests) {
        return new InvalidRequestException("no test is called \"" + test + "\" (in \"" + tests + "\"); there are ppN"
                + " (prompt of N tokens), tgN (N tokens one by one), pgP,N (a prompt of P, then N tokens), each at a"
                + " depth with @dN");
    }

    /** Positions that a sequence needs. */
    public int positions() {
        return Math.addExact(depth, Math.addExact(prompt, generated));
    }

    /** Tokens run. */
    public int tokens() {
        return prompt + generated;
    }

    /** The name as llama-bench prints it: {@code pp512}, {@code tg128 @ d4096}, {@code pp512+tg128}. */
    public String label() {
        String name =
                generated == 0 ? "pp" + prompt : prompt == 0 ? "tg" + generated : "pp" + prompt + "+tg" + generated;
        return depth == 0 ? name : name + " @ d" + depth;
    }
}
