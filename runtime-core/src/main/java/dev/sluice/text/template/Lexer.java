package dev.sluice.text.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a template into tokens with Jinja's white-space rules as chat templates are rendered: {@code trim_blocks} (the line
 * break behind a statement or comment is dropped), {@code lstrip_blocks} (so is white space between the start of a line and a
 * statement or comment), and no final line break. {@code -} drops all white space on its side, {@code +} keeps it.
 */
final class Lexer {
    /** Released templates have 4 to 9 thousand characters. */
    static final int MAX_SOURCE = 1 << 20;

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private int lineCountedTo;

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> tokens(String source) {
        if (source.length() > MAX_SOURCE) {
            throw TemplateException.syntax(
                    1, "a template has at most " + MAX_SOURCE + " characters, found " + source.length());
        }
        String unix = source.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix);
        lexer.scan();
        return lexer.tokens;
    }

    private void scan() {
        while (position < source.length()) {
            int tag = nextTag(position);
            if (tag < 0) {
                add(Token.Type.TEXT, source.substring(position));
                position = source.length();
                break;
            }
            char kind = source.charAt(tag + 1);
            addText(position, tag, kind != '{');
            position = tag + 2 + signLength(tag + 2);
            switch (kind) {
                case '#' -> skipComment();
                case '{' -> scanExpression(Token.Type.PRINT_BEGIN, Token.Type.PRINT_END, "}}");
                default -> {
                    if (!scanRaw(tag)) {
                        scanExpression(Token.Type.BLOCK_BEGIN, Token.Type.BLOCK_END, "%}");
                    }
                }
            }
        }
        add(Token.Type.END, "");
    }

    private int nextTag(int from) {
        for (int at = source.indexOf('{', from);
                at >= 0 && at + 1 < source.length();
                at = source.indexOf('{', at + 1)) {
            char next = source.charAt(at + 1);
            if (next == '{' || next == '%' || next == '#') {
                return at;
            }
        }
        return -1;
    }

    private int signLength(int at) {
        return at < source.length() && (source.charAt(at) == '-' || source.charAt(at) == '+') ? 1 : 0;
    }

    /** Adds the text in front of the tag at {@code tag}, without the white space that the tag takes away. */
    private void addText(int from, int tag, boolean stripsIndent) {
        int to = tag;
        boolean signed = signLength(tag + 2) > 0;
        if (signed && source.charAt(tag + 2) == '-') {
            to = PyChars.skipSpacesBack(source, from, tag);
        } else if (!signed && stripsIndent) {
            int indent = tag;
            while (indent > from && source.charAt(indent - 1) != '\n' && PyChars.isSpace(source.charAt(indent - 1))) {
                indent--;
            }
            if (indent == 0 || source.charAt(indent - 1) == '\n') {
                to = indent;
            }
        }
        if (to > from) {
            add(Token.Type.TEXT, source.substring(from, to));
        }
    }

    private void skipComment() {
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw error("Missing end of comment tag");
        }
        position = behindTag(end, end > position ? source.charAt(end - 1) : ' ');
    }

    /** Offset behind the closing tag at {@code end} and behind the white space that it takes away. */
    private int behindTag(int end, char sign) {
        int behind = end + 2;
        if (sign == '-') {
            return PyChars.skipSpaces(source, behind, source.length());
        }
        return sign != '+' && behind < source.length() && source.charAt(behind) == '\n' ? behind + 1 : behind;
    }

    /** Reads {@code {% raw %}...{% endraw %}} whose first tag begins at {@code tag}, if that is what it is. */
    private boolean scanRaw(int tag) {
        int body = behindRawTag(tag, "raw", false);
        if (body < 0) {
            return false;
        }
        for (int end = source.indexOf("{%", body); end >= 0; end = source.indexOf("{%", end + 2)) {
            int behind = behindRawTag(end, "endraw", true);
            if (behind >= 0) {
                position = body;
                addText(body, end, true);
                position = behind;
                return true;
            }
        }
        throw error("Missing end of raw directive");
    }

    /** Offset behind the tag {@code word} that begins at {@code tag}, or -1 when another tag is there. */
    private int behindRawTag(int tag, String word, boolean trimsLineBreak) {
        int at = PyChars.skipSpaces(source, tag + 2 + signLength(tag + 2), source.length());
        if (!source.startsWith(word, at)) {
            return -1;
        }
        int end = PyChars.skipSpaces(source, at + word.length(), source.length());
        if (source.startsWith("%}", end)) {
            return trimsLineBreak ? behindTag(end, ' ') : end + 2;
        }
        boolean strips = source.startsWith("-%}", end);
        boolean keeps = trimsLineBreak && source.startsWith("+%}", end);
        return strips || keeps ? behindTag(end + 1, source.charAt(end)) : -1;
    }

    private void scanExpression(Token.Type begin, Token.Type end, String close) {
        add(begin, "");
        position = new ExpressionLexer(source, position, this::add).scan(close);
        if (position < source.length()) {
            boolean signed = !source.startsWith(close, position);
            char sign = signed ? source.charAt(position) : ' ';
            add(end, "");
            int tag = signed ? position + 1 : position;
            // the line break behind a printed value stays
            position = end == Token.Type.PRINT_END && !signed ? tag + 2 : behindTag(tag, sign);
        }
    }

    private void add(Token.Type type, String text) {
        add(type, text, position);
    }

    private void add(Token.Type type, String text, int at) {
        tokens.add(new Token(type, text, lineAt(at)));
    }

    private int lineAt(int at) {
        for (; lineCountedTo < at; lineCountedTo++) {
            if (source.charAt(lineCountedTo) == '\n') {
                line++;
            }
        }
        return line;
    }

    private TemplateException error(String message) {
        return TemplateException.syntax(lineAt(position), message);
    }
}
