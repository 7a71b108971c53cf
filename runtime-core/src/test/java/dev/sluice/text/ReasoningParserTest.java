package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.text.template.RenderedPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasoningParserTest {
    /** Collects what a parser emits; pieces of one kind are joined. */
    private static final class Parts implements ReasoningParser.Sink {
        final StringBuilder reasoning = new StringBuilder();
        final StringBuilder content = new StringBuilder();
        final List<String> pieces = new ArrayList<>();

        @Override
        public void reasoning(String text) {
            assertThat(text).isNotEmpty();
            assertThat(content).as("content is never followed by reasoning").isEmpty();
            reasoning.append(text);
            pieces.add("R:" + text);
        }

        @Override
        public void content(String text) {
            assertThat(text).isNotEmpty();
            content.append(text);
            pieces.add("C:" + text);
        }
    }

    private static RenderedPrompt prompt(String text) {
        return new RenderedPrompt(text, new int[0]);
    }

    private static Parts parse(String prompt, String... pieces) {
        ReasoningParser parser = ReasoningParser.behind(prompt(prompt));
        Parts parts = new Parts();
        for (String piece : pieces) {
            parser.feed(piece, parts);
        }
        parser.finish(parts);
        return parts;
    }

    /** {@code ~} stands for a line break; prompts: I inside reasoning, C behind closed reasoning, N none. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "I!why~</think>~~because!why!because",
                "I!<think>~why</think>because!why!because",
                "I!~<think>why <think> not</think>x!why <think> not!x",
                "I!<think><think>a</think>x!<think>a!x",
                "I!</think>~~x!!x",
                "I! ~ </think>x!!x",
                "I!never closed!never closed!",
                "I!cut </thi!cut </thi!",
                "I!call~<tool_call>{}</tool_call>!call!<tool_call>{}</tool_call>",
                "I!a < b </thin> c</think>x!a < b </thin> c!x",
                "I!a</think>x</think>y!a!xy",
                "I!a</think>~</think>~~y!a!y",
                "I!a</think>x</think>y</think>z!a!xy</think>z",
                "I!a</think><tool_call>'</think>'</tool_call>!a!<tool_call>'</think>'</tool_call>",
                "I!a</think>x<tool_call></think>!a!x<tool_call></think>",
                "I!a</think>x <think> y!a!x <think> y",
                "I!a</think>ends with </th!a!ends with </th",
                "C!plain!!plain",
                "C! ~indented!! ~indented",
                "C!<think>after all</think>~x!after all!x",
                "C!</think>~x!!x",
                "C!x</think>y!!xy",
                "N!plain!!plain",
                "N!~~<think>~why~</think>~~x!why!x",
                "N!use </think> here!!use </think> here",
                "N!use <think> here!!use <think> here",
                "N!<thin air!!<thin air",
                "N!<think!!<think",
                "N! ~ !! ~ ",
            })
    void splitsAlikeWhateverThePieces(String kind, String text, String reasoning, String content) {
        String prompt = switch (kind) {
            case "I" -> "<think>a</think><|im_start|>assistant\n<think>\n";
            case "C" -> "<|im_start|>assistant\n<think>\n\n</think>\n\n";
            default -> "<|im_start|>assistant\n";
        };
        String generated = text.replace('~', '\n');
        List<String[]> splits = new ArrayList<>();
        splits.add(new String[] {generated});
        splits.add(generated.split(""));
        for (int a = 0; a <= generated.length(); a++) {
            for (int b = a; b <= generated.length(); b++) {
                splits.add(new String[] {generated.substring(0, a), generated.substring(a, b), generated.substring(b)});
            }
        }
        for (String[] pieces : splits) {
            Parts parts = parse(prompt, pieces);
            assertThat(parts.reasoning.toString()).as("%s", (Object) pieces).isEqualTo(text(reasoning));
            assertThat(parts.content.toString()).as("%s", (Object) pieces).isEqualTo(text(content));
        }
    }

    private static String text(String field) {
        return field == null ? "" : field.replace('~', '\n');
    }

    @Test
    void textIsEmittedAtOnceUnlessItCouldBeginATag() {
        Parts parts = new Parts();
        ReasoningParser parser = ReasoningParser.behind(prompt("<think>"));
        List<String> seen = new ArrayList<>();
        for (String piece :
                List.of("one", " ", "two <", "b", " </", "think>", "\n", "\n", "x", " y <", "/think", "er>")) {
            int before = parts.pieces.size();
            parser.feed(piece, parts);
            seen.add(String.join("", parts.pieces.subList(before, parts.pieces.size())));
        }
        assertThat(seen)
                .containsExactly("R:one", "", "R: two", "R: <b", "", "", "", "", "C:x", "C: y ", "", "C:</thinker>");
    }

    @Test
    void stateIsKnownWhileStreaming() {
        ReasoningParser parser = ReasoningParser.behind(prompt("<think>\n"));
        Parts parts = new Parts();
        assertThat(parser.inReasoning()).isTrue();
        parser.feed("a</think>", parts);
        assertThat(parser.inReasoning()).isFalse();
    }

    @Test
    void onlyTagsThatTheTemplateWroteDecide() {
        String text = "<|im_start|>user\nWhat does <think> do?<|im_end|>\n<|im_start|>assistant\n";
        int from = text.indexOf("What");
        RenderedPrompt injected = new RenderedPrompt(text, new int[] {from, text.indexOf("<|im_end|>")});
        assertThat(ReasoningParser.behind(injected).inReasoning()).isFalse();
        assertThat(ReasoningParser.behind(prompt(text)).inReasoning()).isTrue();
    }

    /** Nothing but tags and white space at their edges is ever lost, and no order of pieces changes the outcome. */
    @Test
    void randomMixturesSplitAlike() {
        SplittableRandom random = new SplittableRandom(7);
        String[] words = {
            "<think>", "</think>", "<tool_call>", "</", "<", "think>", " ", "\n", "a", "bc", "<tool", "_call>"
        };
        for (int round = 0; round < 3_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(9); i >= 0; i--) {
                text.append(words[random.nextInt(words.length)]);
            }
            String prompt = new String[] {"", "<think>", "<think></think>"}[random.nextInt(3)];
            Parts whole = parse(prompt, text.toString());
            Parts letters = parse(prompt, text.toString().split(""));
            assertThat(letters.reasoning.toString()).as("%s", text).isEqualTo(whole.reasoning.toString());
            assertThat(letters.content.toString()).as("%s", text).isEqualTo(whole.content.toString());
            assertThat(letters(whole.reasoning.toString() + whole.content)).isEqualTo(letters(text.toString()));
        }
    }

    private static String letters(String text) {
        return text.replaceAll("</?think>|\\s", "").replaceAll("[^abc]", "");
    }
}
