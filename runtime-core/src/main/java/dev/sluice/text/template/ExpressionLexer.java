package dev.sluice.text.template;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Tokens between {@code {{ }}} or {@code {% %}}. */
final class ExpressionLexer {
    /** Receives a token and its offset. */
    interface Sink {
        void token(Token.Type type, String text, int at);
    }

    private static final String SINGLE = "+-/*%~[](){}<>=.:|,;";
    private static final List<String> DOUBLE = List.of("//", "**", "==", "!=", ">=", "<=");

    private final String source;
    private final Sink sink;
    private final Deque<Character> open = new ArrayDeque<>();
    private int position;

    ExpressionLexer(String source, int position, Sink sink) {
        this.source = source;
        this.position = position;
        this.sink = sink;
    }

    /** Reads up to {@code close} with its sign, and returns where that begins; the end of the source when there is none. */
    int scan(String close) {
        while (true) {
            position = PyChars.skipSpaces(source, position, source.length());
            if (position >= source.length() || (open.isEmpty() && atClose(close))) {
                return position;
            }
            scanToken();
        }
    }

    private boolean atClose(String close) {
        char sign = source.charAt(position);
        boolean signed = sign == '-' || (sign == '+' && close.equals("%}"));
        return source.startsWith(close, signed ? position + 1 : position);
    }

    private void scanToken() {
        char c = source.charAt(position);
        if (isDigit(position)) {
            scanNumber();
        } else if (c == '_' || Character.isUnicodeIdentifierStart(source.codePointAt(position))) {
            scanName();
        } else if (c == '\'' || c == '"') {
            scanString(c);
        } else {
            scanOperator();
        }
    }

    private boolean isDigit(int at) {
        return at < source.length() && source.charAt(at) >= '0' && source.charAt(at) <= '9';
    }

    private void scanNumber() {
        int start = position;
        int end = digits(start);
        boolean real = false;
        if (start == 0 || source.charAt(start - 1) != '.') {
            if (at(end, '.') && isDigit(end + 1)) {
                end = digits(end + 1);
                real = true;
            }
            int exponent = at(end, 'e') || at(end, 'E') ? end + 1 : source.length();
            exponent += at(exponent, '+') || at(exponent, '-') ? 1 : 0;
            if (isDigit(exponent)) {
                end = digits(exponent);
                real = true;
            }
        }
        end = real ? end : integerEnd(start);
        emit(
                real ? Token.Type.FLOAT : Token.Type.INTEGER,
                source.substring(start, end).replace("_", ""),
                end);
    }

    /** End of {@code 0b1}, {@code 0o7}, {@code 0xF}, {@code 00} or {@code 12}; {@code 08} is two integers, as in Jinja. */
    private int integerEnd(int start) {
        if (!at(start, '0')) {
            return digits(start);
        }
        int radix = start + 1 < source.length() ? Token.radix(source.charAt(start + 1)) : 10;
        if (radix != 10) {
            int end = run(start + 2, radix);
            return end > start + 2 ? end : start + 1;
        }
        int end = start + 1;
        while (at(end, '0') || (at(end, '_') && at(end + 1, '0'))) {
            end++;
        }
        return end;
    }

    private int run(int start, int radix) {
        int at = start;
        while (true) {
            int digit = at(at, '_') ? at + 1 : at;
            boolean found = digit < source.length()
                    && source.charAt(digit) < 128
                    && Character.digit(source.charAt(digit), radix) >= 0;
            if (!found) {
                return at;
            }
            at = digit + 1;
        }
    }

    /** End of a run of digits with single underscores between them. */
    private int digits(int start) {
        int at = start;
        while (isDigit(at) || (at > start && at(at, '_') && isDigit(at + 1))) {
            at++;
        }
        return at;
    }

    private boolean at(int index, char c) {
        return index < source.length() && source.charAt(index) == c;
    }

    private void scanName() {
        int end = position;
        while (end < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
        }
        emit(Token.Type.NAME, source.substring(position, end), end);
    }

    private void scanString(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw unexpected();
        }
        emit(Token.Type.STRING, unescape(source.substring(position + 1, end)), end + 1);
    }

    /** Resolves the escapes of a Python string literal; an unknown one stays as it is, as there. */
    private String unescape(String body) {
        if (body.indexOf('\\') < 0) {
            return body;
        }
        StringBuilder out = new StringBuilder(body.length());
        int at = 0;
        while (at < body.length()) {
            char c = body.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char escape = body.charAt(at++);
            switch (escape) {
                case '\n' -> {}
                case '\\', '\'', '"' -> out.append(escape);
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case 'a' -> out.append('\u0007');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case 'v' -> out.append('\u000B');
                case 'x' -> at = appendCode(out, body, at, 2, 16);
                case 'u' -> at = appendCode(out, body, at, 4, 16);
                case 'U' -> at = appendCode(out, body, at, 8, 16);
                case 'N' -> throw error("\\N{...} escapes are not supported: write the character itself");
                case '0', '1', '2', '3', '4', '5', '6', '7' -> at = appendOctal(out, body, at - 1);
                default -> out.append('\\').append(escape);
            }
        }
        return out.toString();
    }

    private int appendCode(StringBuilder out, String body, int at, int digits, int radix) {
        int end = at + digits;
        String code = body.substring(at, Math.min(end, body.length()));
        if (code.length() < digits || code.chars().anyMatch(c -> c >= 128 || Character.digit(c, radix) < 0)) {
            throw error("an escape in a string needs " + digits + " hexadecimal digits, found '" + code + "'");
        }
        long value = Long.parseLong(code, radix);
        if (value > Character.MAX_CODE_POINT) {
            throw error("the escape '" + code + "' is no Unicode character");
        }
        out.appendCodePoint((int) value);
        return end;
    }

    private static int appendOctal(StringBuilder out, String body, int start) {
        int value = 0;
        int at = start;
        for (; at < Math.min(start + 3, body.length()) && Character.digit(body.charAt(at), 8) >= 0; at++) {
            value = 8 * value + Character.digit(body.charAt(at), 8);
        }
        out.append((char) value);
        return at;
    }

    private void scanOperator() {
        int two = position + 2;
        String pair = two <= source.length() ? source.substring(position, two) : "";
        if (DOUBLE.contains(pair)) {
            emit(Token.Type.OPERATOR, pair, two);
            return;
        }
        char c = source.charAt(position);
        if (SINGLE.indexOf(c) < 0) {
            throw unexpected();
        }
        switch (c) {
            case '(' -> open(')');
            case '[' -> open(']');
            case '{' -> open('}');
            case ')', ']', '}' -> close(c);
            default -> {}
        }
        emit(Token.Type.OPERATOR, String.valueOf(c), position + 1);
    }

    private void open(char closing) {
        if (open.size() == TokenCursor.MAX_DEPTH) {
            throw error("brackets nest deeper than " + TokenCursor.MAX_DEPTH + " levels");
        }
        open.push(closing);
    }

    private void close(char c) {
        Character expected = open.poll();
        if (expected == null || expected != c) {
            throw error("unexpected '" + c + "'" + (expected == null ? "" : ", expected '" + expected + "'"));
        }
    }

    private void emit(Token.Type type, String text, int end) {
        sink.token(type, text, position);
        position = end;
    }

    private TemplateException unexpected() {
        return error("unexpected char '" + Character.toString(source.codePointAt(position)) + "'");
    }

    private TemplateException error(String message) {
        int line = 1
                + (int) source.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        return TemplateException.syntax(line, message);
    }
}
