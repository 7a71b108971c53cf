package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The innermost loops of decoded machine code that compute with vectors. A loop is what a conditional jump goes back
 * over; code that is out of line comes back by jumps without condition.
 *
 * @param count loops
 * @param instructions of all of them
 * @param spills vectors that they store to the stack or take from it
 * @param calls that they make
 */
record MachineLoops(int count, int instructions, int spills, int calls) {
    private static final Pattern LINE = Pattern.compile("^ *([0-9a-f]+):\t(\\S+) *(.*)$");
    private static final Pattern TARGET = Pattern.compile("^0x([0-9a-f]+)");
    private static final Pattern VECTOR = Pattern.compile("%[xyz]mm\\d");

    /** A vector operand on the stack, wherever in the instruction; scalars that C2 keeps there are no vectors. */
    private static final Pattern STACK = Pattern.compile("-?(?:0x[0-9a-f]+)?\\(%rsp\\)");

    private record Instruction(long at, String name, String operands) {
        boolean vector() {
            return VECTOR.matcher(operands).find() && !name.endsWith("ss") && !name.endsWith("sd");
        }

        /** Where it jumps back to if a condition holds, -1 for any other. */
        long backTo() {
            Matcher target = TARGET.matcher(operands);
            if (!name.startsWith("j") || name.equals("jmp") || !target.find()) {
                return -1;
            }
            long to = Long.parseUnsignedLong(target.group(1), 16); // what is no code decodes as a jump to anywhere
            return to <= at ? to : -1;
        }
    }

    static MachineLoops of(List<String> lines) {
        List<Instruction> code = new ArrayList<>();
        for (String line : lines) {
            Matcher match = LINE.matcher(line);
            if (match.find()) {
                code.add(new Instruction(Long.parseLong(match.group(1), 16), match.group(2), match.group(3)));
            }
        }
        int count = 0;
        int instructions = 0;
        int spills = 0;
        int calls = 0;
        for (int end = 0; end < code.size(); end++) {
            List<Instruction> loop = innermost(code, end);
            if (loop.stream().anyMatch(Instruction::vector)) {
                count++;
                instructions += loop.size();
                spills += (int) loop.stream()
                        .filter(i -> i.vector() && STACK.matcher(i.operands()).find())
                        .count();
                calls += (int)
                        loop.stream().filter(i -> i.name().startsWith("call")).count();
            }
        }
        return new MachineLoops(count, instructions, spills, calls);
    }

    /** The loop that ends with this instruction, empty if none does or another one lies inside. */
    private static List<Instruction> innermost(List<Instruction> code, int end) {
        long start = code.get(end).backTo();
        if (start < 0) {
            return List.of();
        }
        int begin = end;
        while (begin > 0 && code.get(begin - 1).at() >= start) {
            begin--;
            if (code.get(begin).backTo() >= start) {
                return List.of();
            }
        }
        return code.subList(begin, end + 1);
    }
}
