package dev.sluice.tools.bench;

import dev.sluice.error.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as llama-bench takes them: {@code 1,2,4}, {@code first-last}, {@code first-last+step}, {@code first-last*mult}. */
public final class NumberList {
    private static final Pattern PART = Pattern.compile("([0-9]+)(?:-([0-9]+)(?:([+*])([0-9]+))?)?");

    /** More would be a typing error: a benchmark of that many combinations never ends. */
    private static final int MOST = 1000;

    private NumberList() {}

    /**
     * Reads a list.
     *
     * @param what the option, for messages
     * @param least smallest number allowed
     * @param greatest largest number allowed
     * @throws InvalidRequestException when the text is no list or a number is out of range
     */
    public static List<Integer> parse(String what, String text, int least, int greatest) {
        List<Integer> numbers = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = PART.matcher(part.strip());
            if (!range.matches()) {
                throw new InvalidRequestException(what + " is \"" + text + "\"; expected numbers such as 512, lists"
                        + " such as 128,512, or ranges such as 128-1024+128 and 128-1024*2");
            }
            long first = number(what, range.group(1), least, greatest);
            long last = range.group(2) == null ? first : number(what, range.group(2), least, greatest);
            boolean product = "*".equals(range.group(3));
            long step = range.group(4) == null ? 1 : number(what, range.group(4), 1, greatest);
            if (product && step < 2) {
                throw new InvalidRequestException(
                        what + ": the factor of range " + part + " is " + step + ", expected 2 or more");
            }
            if (product && first == 0) {
                throw new InvalidRequestException(what + ": range " + part + " multiplies 0 and would not end");
            }
            if (last < first) {
                throw new InvalidRequestException(what + ": range " + part + " ends before it begins");
            }
            for (long n = first; n <= last; n = product ? n * step : n + step) {
                if (numbers.size() == MOST) {
                    throw new InvalidRequestException(what + " has more than " + MOST + " numbers; take a larger step");
                }
                numbers.add((int) n);
            }
        }
        return numbers;
    }

    private static long number(String what, String digits, int least, int greatest) {
        long number = digits.length() > 10 ? Long.MAX_VALUE : Long.parseLong(digits);
        if (number < least || number > greatest) {
            throw new InvalidRequestException(
                    what + " has the number " + digits + ", expected " + least + " to " + greatest);
        }
        return number;
    }
}
