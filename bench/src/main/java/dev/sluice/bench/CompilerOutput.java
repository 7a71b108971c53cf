package dev.sluice.bench;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code CompileCommand=print} and {@code PrintInlining} say of the last compilation of a method by C2, from its
 * beginning (compilations that replace a running loop are left out).
 *
 * @param bytes machine code, stubs included; empty if there was no such compilation
 * @param notInlined calls that were left, as "reason: method, times", cold paths left out
 */
record CompilerOutput(byte[] bytes, List<String> notInlined) {
    private static final String BEGIN = "= C2-compiled nmethod =";
    private static final Pattern CODE = Pattern.compile("^  0x[0-9a-f]+: ((?:[0-9a-f]{2,4}[ |]*)+)$");
    private static final Pattern CALL = Pattern.compile("^ +@ -?\\d+ +(\\S+::\\S+)(?: \\(\\d+ bytes\\))? +(.*)$");

    /** That a call is gone, or never reached; the last two are what only the first compiler says. */
    private static final Pattern FINE =
            Pattern.compile("^(inline|force inline|\\(intrinsic|accessor|late inline succeeded)"
                    + "|not reached|never executed|too cold|MinInlining|low call site frequency"
                    + "|unloaded signature|no static binding|callee is too large");

    static CompilerOutput of(String text) {
        List<String> lines = last(text);
        return new CompilerOutput(code(lines), notInlined(lines));
    }

    /** The lines about the last whole compilation by C2, up to the next compilation of any kind. */
    private static List<String> last(String text) {
        List<String> found = List.of();
        List<String> current = null;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.contains("-compiled nmethod =") || line.startsWith("bytes a call")) {
                current = line.contains(BEGIN) ? new ArrayList<>() : null;
            } else if (current != null) {
                current.add(line);
                if (line.startsWith("Compiled method (c2)")) {
                    boolean loop = line.matches("Compiled method \\(c2\\) +\\d+ +\\d+ *[a-z!]*%.*");
                    found = loop ? found : current;
                }
            }
        }
        return found;
    }

    private static byte[] code(List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        boolean inside = false;
        for (String line : lines) {
            if (line.startsWith("[MachCode]") || line.startsWith("[/MachCode]")) {
                inside = line.startsWith("[M");
            }
            Matcher code = CODE.matcher(line);
            if (inside && code.find()) {
                bytes.writeBytes(HexFormat.of().parseHex(code.group(1).replaceAll("[ |]", "")));
            }
        }
        return bytes.toByteArray();
    }

    private static List<String> notInlined(List<String> lines) {
        var counts = new java.util.TreeMap<String, Integer>();
        for (String line : lines) {
            Matcher call = CALL.matcher(line);
            if (call.find() && !FINE.matcher(call.group(2)).find()) {
                counts.merge(call.group(2).strip() + ": " + call.group(1), 1, Integer::sum);
            }
        }
        List<String> out = new ArrayList<>();
        counts.forEach((what, times) -> out.add(what + (times > 1 ? ", " + times + " times" : "")));
        return out;
    }
}
