package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BpeTest {
    private static final int[] BYTE_IDS = IntStream.range(0, 256).toArray();

    /** Merges of random symbols over the letters a to e; several of them join to the same id. */
    private static PairTable randomMerges(SplittableRandom random, int count) {
        PairTable merges = new PairTable(count);
        int symbols = 256;
        for (int rank = 0; rank < count; rank++) {
            int id = random.nextInt(8) == 0 && symbols > 256 ? random.nextInt(256, symbols) : symbols++;
            merges.put(symbol(random, symbols), symbol(random, symbols), Bpe.rankedMerge(rank, id));
        }
        return merges;
    }

    private static int symbol(SplittableRandom random, int symbols) {
        return symbols == 256 || random.nextInt(3) == 0 ? random.nextInt('a', 'f') : random.nextInt(256, symbols);
    }

    /** The rule as it reads: join the pair of lowest rank, the leftmost among equals, and look again. */
    private static int[] joinPlainly(PairTable merges, byte[] text) {
        List<Integer> symbols = new ArrayList<>();
        for (byte b : text) {
            symbols.add(b & 0xFF);
        }
        while (true) {
            long best = PairTable.NONE;
            int at = -1;
            for (int i = 0; i + 1 < symbols.size(); i++) {
                long merge = merges.get(symbols.get(i), symbols.get(i + 1));
                if (merge < best) {
                    best = merge;
                    at = i;
                }
            }
            if (at < 0) {
                return symbols.stream().mapToInt(Integer::intValue).toArray();
            }
            symbols.set(at, (int) (best & 0xFFFFF));
            symbols.remove(at + 1);
        }
    }

    @Test
    void shortAndLongPiecesJoinAsTheRuleReads() {
        SplittableRandom random = new SplittableRandom(23);
        int joined = 0;
        for (int round = 0; round < 4000; round++) {
            PairTable merges = randomMerges(random, random.nextInt(1, 60));
            byte[] text = new byte[random.nextInt(1, 150)];
            int letters = random.nextInt(1, 6);
            for (int i = 0; i < text.length; i++) {
                text[i] = (byte) ('a' + random.nextInt(letters));
            }
            int[] expected = joinPlainly(merges, text);
            IdList ids = new IdList();
            Bpe bpe = new Bpe(merges, BYTE_IDS, new WordCache(), ids);
            bpe.encode(text, 0, text.length);
            assertThat(ids.toArray()).as("round %d", round).isEqualTo(expected);
            ids.clear();
            bpe.encode(text, 0, text.length);
            assertThat(ids.toArray()).as("again, round %d", round).isEqualTo(expected);
            ids.clear();
            new LongPiece(merges, BYTE_IDS, text, 0, text.length).appendTo(ids);
            assertThat(ids.toArray()).as("long, round %d", round).isEqualTo(expected);
            joined += text.length - expected.length;
        }
        assertThat(joined).isGreaterThan(20_000);
    }

    @Test
    void theCacheKeepsWordsApartThatShareASlot() {
        WordCache cache = new WordCache();
        int words = 200_000;
        for (int i = 0; i < words; i++) {
            byte[] word = ("word" + i).getBytes(StandardCharsets.US_ASCII);
            cache.put(word, 0, word.length, WordCache.hash(word, 0, word.length), new int[] {i});
        }
        int kept = 0;
        for (int i = 0; i < words; i++) {
            byte[] word = ("-word" + i + "-").getBytes(StandardCharsets.US_ASCII);
            int[] ids = cache.get(word, 1, word.length - 1, WordCache.hash(word, 1, word.length - 1));
            if (ids != null) {
                assertThat(ids).containsExactly(i);
                kept++;
            }
        }
        assertThat(kept).isBetween(10_000, 1 << 15);
    }
}
