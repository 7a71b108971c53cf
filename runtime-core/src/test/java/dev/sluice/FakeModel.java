package dev.sluice;

import dev.sluice.engine.Engine;
import dev.sluice.models.checkpoint.FolderFiles;
import dev.sluice.testing.Fixtures;
import dev.sluice.text.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** A model with the embedded tokenizer and template whose answers a test decides. */
final class FakeModel implements AutoCloseable {
    static final int VOCAB = 4096;
    private static final Path FOLDER = Fixtures.embeddedModel();
    static final Tokenizer TOKENIZER = Tokenizer.load(FOLDER.resolve("tokenizer.json"));
    static final int START = TOKENIZER.idOf("<|im_start|>");
    static final int END = TOKENIZER.idOf("<|im_end|>");

    final FakeExecutor executor;
    final Engine engine = new Engine("fake");
    final Model model;

    FakeModel(int context, ToIntFunction<List<Integer>> next) {
        executor = new FakeExecutor(VOCAB, next);
        model = model(engine, executor, context, 7);
    }

    static Model model(Engine engine, FakeExecutor executor, int context, int chunk) {
        ModelInfo info = new ModelInfo(FOLDER, "fake", context, 2048, VOCAB, true, "none", 0, 0, List.of());
        var text = new ModelText(TOKENIZER, ChatTemplateFile.load(new FolderFiles(FOLDER), null));
        Options defaults = Options.builder().temperature(0.7).topK(40).build();
        return new Model(
                engine,
                new Model.Parts(
                        info, defaults, List.of(END, 0), executor, () -> {}, text, new SequenceMemory(0, 0), chunk),
                _ -> {});
    }

    /** Answers the n-th user turn with the n-th text. */
    static FakeModel telling(int context, String... answers) {
        return new FakeModel(context, new Storyteller(answers));
    }

    /** Every next token follows from all before, so that a wrong state cannot go unnoticed. */
    static int hash(List<Integer> ids) {
        return 300 + Math.floorMod(ids.hashCode() * 31 + ids.size(), 3000);
    }

    private record Storyteller(List<int[]> answers, int header) implements ToIntFunction<List<Integer>> {
        Storyteller(String... answers) {
            List<int[]> ids = new ArrayList<>();
            for (String answer : answers) {
                ids.add(TOKENIZER.encode(answer, Tokenizer.Specials.ALL));
            }
            this(ids, TOKENIZER.encode("assistant\n", Tokenizer.Specials.NONE).length);
        }

        @Override
        public int applyAsInt(List<Integer> ids) {
            int turn = (int) ids.stream().filter(id -> id == START).count() / 2 - 1;
            int at = ids.size() - (ids.lastIndexOf(START) + 1 + header);
            int[] answer = turn < 0 ? new int[0] : answers.get(turn); // a chunk of a prompt may end anywhere
            return 0 <= at && at < answer.length ? answer[at] : END;
        }
    }

    @Override
    public void close() {
        model.close();
        engine.close();
    }
}
