package dev.sluice.tools.synth;

/**
 * A {@code tokenizer.json} with one token a byte and no merges. Random weights say nothing, so it only has to accept any
 * prompt; ids from 256 on count as padding of the vocabulary and are not sampled.
 */
final class ByteTokenizer {
    static final int SIZE = 256;

    private static final String SPLIT = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

    private ByteTokenizer() {}

    /** The file's text. */
    static String json() {
        StringBuilder out = new StringBuilder("{\"version\": \"1.0\", \"added_tokens\": [],\n\"pre_tokenizer\": {"
                + "\"type\": \"Sequence\", \"pretokenizers\": [{\"type\": \"Split\", \"pattern\": {\"Regex\": \""
                + escaped(SPLIT) + "\"}, \"behavior\": \"Isolated\", \"invert\": false}, {\"type\": \"ByteLevel\","
                + " \"add_prefix_space\": false, \"trim_offsets\": true, \"use_regex\": false}]},\n"
                + "\"decoder\": {\"type\": \"ByteLevel\", \"add_prefix_space\": true, \"trim_offsets\": true,"
                + " \"use_regex\": true},\n\"model\": {\"type\": \"BPE\", \"merges\": [], \"vocab\": {");
        int shifted = SIZE;
        for (int value = 0; value < SIZE; value++) {
            char character = (char) (visible(value) ? value : shifted++);
            out.append(value == 0 ? "" : ", ")
                    .append('"')
                    .append(escaped(String.valueOf(character)))
                    .append("\": ")
                    .append(value);
        }
        return out.append("}}}\n").toString();
    }

    /** Byte-level tokenizers write these bytes as the characters they are in Latin-1, all others from 256 on. */
    private static boolean visible(int value) {
        return (value > ' ' && value <= '~') || (value > 0xA0 && value != 0xAD);
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
