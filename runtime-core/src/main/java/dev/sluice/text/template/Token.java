package dev.sluice.text.template;

/**
 * @param text what the token stands for: the characters of a text or string literal (escapes resolved), digits without
 *     underscores, a name, an operator
 * @param line of its first character, from 1
 */
record Token(Type type, String text, int line) {

    enum Type {
        TEXT("template text"),
        BLOCK_BEGIN("begin of statement block"),
        BLOCK_END("end of statement block"),
        PRINT_BEGIN("begin of print statement"),
        PRINT_END("end of print statement"),
        NAME("name"),
        STRING("string"),
        INTEGER("integer"),
        FLOAT("float"),
        OPERATOR("operator"),
        END("end of template");

        final String description;

        Type(String description) {
            this.description = description;
        }
    }

    boolean is(Type type, String text) {
        return this.type == type && this.text.equals(text);
    }

    boolean isOperator(String operator) {
        return is(Type.OPERATOR, operator);
    }

    boolean isName(String name) {
        return is(Type.NAME, name);
    }

    /** Radix of an integer literal whose second character is {@code prefix}. */
    static int radix(char prefix) {
        return switch (prefix) {
            case 'x', 'X' -> 16;
            case 'o', 'O' -> 8;
            case 'b', 'B' -> 2;
            default -> 10;
        };
    }

    /** The token in an error message. */
    String shown() {
        return switch (type) {
            case NAME, OPERATOR -> "'" + text + "'";
            default -> type.description;
        };
    }
}
