package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.backend.Batch;
import dev.sluice.backend.DraftHead;
import dev.sluice.backend.SequenceState;
import dev.sluice.error.ModelBrokenException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class WatchedExecutorTest {
    private final FakeExecutor fake = new FakeExecutor(8, _ -> 3);
    private long now;
    private long cost = 5_000;
    private int looks;
    private String change;

    private final WatchedExecutor watched = new WatchedExecutor(fake, this::look, () -> now, WatchedExecutor.SHARE);
    private final SequenceState sequence = watched.newSequence();

    private String look() {
        looks++;
        now += cost;
        return change;
    }

    private void step() {
        Batch batch = new Batch();
        batch.add(sequence, new int[] {1}, 0, 1, Batch.Want.LAST);
        watched.forward(batch);
    }

    @Test
    void looksTakeOneTwoHundredAndFiftieth() {
        for (long price : new long[] {5_000, 40_000, 20_000_000}) {
            cost = price;
            now += 10_000_000_000L;
            step();
            int before = looks;
            long start = now;
            fake.beforeStep = () -> now += 3_000_000;
            for (int i = 0; i < 100_000; i++) {
                step();
            }
            double share = (double) (looks - before) * price / (now - start);
            assertThat(share).as("%d ns a look", price).isLessThan(0.004).isGreaterThan(0.001);
        }
    }

    /** Native code ends the process where a page is gone, so there the files are asked before every step. */
    @Test
    void withoutAShareEveryStepLooksBeforeAndBehind() {
        WatchedExecutor every = new WatchedExecutor(fake, this::look, () -> now, 0);
        SequenceState own = every.newSequence();
        int before = looks;
        for (int i = 1; i <= 10; i++) {
            every.forward(new Batch().add(own, new int[] {1}, 0, 1, Batch.Want.LAST));
            assertThat(looks - before).isEqualTo(2 * i);
        }
        int ran = fake.steps.size();
        change = "/m/model.safetensors went from 7 to 3 bytes";
        assertThatThrownBy(() -> every.forward(new Batch().add(own, new int[] {1}, 0, 1, Batch.Want.LAST)))
                .isInstanceOf(ModelBrokenException.class);
        assertThat(fake.steps).hasSize(ran);
    }

    @Test
    void aChangeDuringAStepEndsItAndEverythingAfter() {
        step();
        fake.beforeStep = () -> {
            now += 3_000_000;
            change = "/m/model.safetensors went from 7 to 3 bytes";
        };
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(this::step)
                    .isInstanceOf(ModelBrokenException.class)
                    .hasMessageStartingWith("/m/model.safetensors went from 7 to 3 bytes while the model was in use")
                    .hasMessageEndingWith("load it again");
        }
        change = null;
        now += 1_000_000_000;
        assertThatThrownBy(watched::newSequence).isInstanceOf(ModelBrokenException.class);
        assertThat(fake.steps).hasSize(2);
        watched.close();
        assertThat(fake.closed).isTrue();
    }

    @Test
    void theDraftHeadReadsTheSameFiles() {
        fake.head = true;
        WatchedExecutor every = new WatchedExecutor(fake, this::look, () -> now, 0);
        DraftHead head = Objects.requireNonNull(every.draftHead());
        int before = looks;
        head.forward(sequence, null, 0, new int[] {1}, 0, 1, Batch.Want.LAST);
        assertThat(looks - before).isEqualTo(2);
        change = "/m/model.safetensors went from 7 to 3 bytes";
        int ran = fake.steps.size();
        assertThatThrownBy(() -> head.forward(sequence, null, 0, new int[] {1}, 0, 1, Batch.Want.LAST))
                .isInstanceOf(ModelBrokenException.class)
                .hasMessageStartingWith("/m/model.safetensors went from 7 to 3 bytes while the model was in use");
        assertThat(fake.steps).hasSize(ran);
    }

    @Test
    void aStepThatFailsAsksWhatHappenedToTheFile() {
        step();
        fake.failure = new ModelBrokenException("a page was gone");
        assertThatThrownBy(this::step).isSameAs(fake.failure);
        change = "/m/model.safetensors went from 7 to 0 bytes";
        assertThatThrownBy(this::step)
                .hasMessageStartingWith("/m/model.safetensors went from 7 to 0 bytes")
                .hasCause(fake.failure);
    }
}
