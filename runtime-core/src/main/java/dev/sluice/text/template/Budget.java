package dev.sluice.text.template;

/**
 * What one rendering may spend, so that a hostile template ends with an error instead of the machine. Steps and the
 * output limit are fixed by {@code spec/product.md} §7.3; the others were chosen for it: the released templates need
 * about 10 characters of allocation and 30 of work for every character of input.
 */
final class Budget {
    static final int MAX_STEPS = 1_000_000;
    /** Longest text, in characters: the output, and every string on the way. */
    static final int MAX_TEXT = 16 << 20;

    static final int MAX_MACRO_DEPTH = 64;
    /** Nested evaluations, macros included: 300 take 200 KiB of stack without a JIT. Released templates reach 20. */
    static final int MAX_DEPTH = 300;
    /** Nesting of lists and dictionaries; bounds the recursion that prints and compares them. */
    static final int MAX_NESTING = 128;

    /** Work of looking at one value, in characters. */
    static final int ELEMENT = 32;
    /** Work of looking at one character alone, where the JDK compares 16 at a time elsewhere. */
    static final int CHARACTER = 4;

    private static final long BASE_CELLS = 64L << 20;
    private static final long MAX_WORK = 1L << 31;

    private final long maxCells;
    private int steps;
    private int depth;
    private int macroDepth;
    private int line;
    private long cells;
    private long work;

    /** @param inputCells size of the variables, in characters and list slots */
    Budget(long inputCells) {
        this.maxCells = BASE_CELLS + 16 * inputCells;
    }

    /** Begins an evaluation at {@code line}; ends with {@link #leave}. */
    void enter(int line) {
        this.line = line;
        step();
        if (++depth > MAX_DEPTH) {
            throw TemplateException.limit("evaluation nests deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    void enterMacro(String name) {
        if (++macroDepth > MAX_MACRO_DEPTH) {
            throw TemplateException.limit(
                    "macro calls nest deeper than " + MAX_MACRO_DEPTH + " levels (last: '" + name + "')");
        }
    }

    void leaveMacro() {
        macroDepth--;
    }

    void step() {
        if (++steps > MAX_STEPS) {
            throw TemplateException.limit("rendering takes more than " + MAX_STEPS + " evaluations");
        }
    }

    /** Reads {@code units} characters or elements. */
    void work(long units) {
        work += units;
        if (work > MAX_WORK) {
            throw TemplateException.limit("rendering takes longer than reading " + MAX_WORK + " characters");
        }
    }

    /** Creates {@code count} characters. */
    void characters(long count) {
        allocate(count);
    }

    /** Creates a list or dictionary of {@code count} elements; a slot and its value take as much as about 8 characters. */
    void slots(long count) {
        allocate(8 * count + 8);
    }

    private void allocate(long amount) {
        cells += amount;
        if (cells > maxCells) {
            throw TemplateException.limit("rendering needs more memory than " + maxCells + " characters");
        }
        work(amount);
    }

    /** Line of the evaluation that began last. */
    int line() {
        return line;
    }
}
