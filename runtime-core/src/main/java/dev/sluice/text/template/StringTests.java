package dev.sluice.text.template;

import java.util.function.IntPredicate;

/** Python's {@code str.isdigit} and its like. */
final class StringTests {
    private StringTests() {}

    static boolean test(Budget budget, String text, String method) {
        budget.work(Budget.CHARACTER * (long) text.length());
        return switch (method) {
            case "isdigit" -> all(text, c -> isNumeric(c) && checkedDigit(c));
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, c -> Character.isLetter(c) || isNumeric(c));
            case "isspace" -> all(text, PyChars::isSpace);
            case "islower" -> isLower(text);
            case "isupper" -> isUpper(text);
            default -> throw new IllegalStateException("no method: " + method);
        };
    }

    private static boolean all(String text, IntPredicate condition) {
        return !text.isEmpty() && text.codePoints().allMatch(condition);
    }

    private static boolean isNumeric(int c) {
        int type = Character.getType(c);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    /** Python counts some superscripts and circled numbers as digits; the JDK does not know which. */
    private static boolean checkedDigit(int c) {
        if (Character.getType(c) == Character.OTHER_NUMBER) {
            throw TemplateException.evaluation("str.isdigit is not defined for '" + Character.toString(c) + "' here");
        }
        return Character.isDigit(c);
    }

    /** {@code str.islower}: some character has case, and none is upper or title case. */
    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }
}
