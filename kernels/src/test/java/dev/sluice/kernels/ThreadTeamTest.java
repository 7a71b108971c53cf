package dev.sluice.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadTeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyMemberRunsEveryRegionOnce(int size) {
        try (ThreadTeam team = ThreadTeam.of(size)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(size);
            for (int i = 0; i < 500; i++) {
                team.run((m, n) -> {
                    assertThat(n).isEqualTo(size);
                    runs.incrementAndGet(m);
                });
            }
            for (int m = 0; m < size; m++) {
                assertThat(runs.get(m)).isEqualTo(500);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 5000", "3, 1000"})
    void writesAreVisibleInTheNextRegion(int size, int regions) {
        chase(size, regions);
    }

    /** As long on a crowded machine as members wait for processors. */
    @Test
    @Tag("full")
    @Timeout(600)
    void aHundredThousandRegions() {
        chase(2, 100_000);
    }

    /** Each region reads what the neighbour wrote in the region before, through plain memory. */
    private static void chase(int size, int regions) {
        try (ThreadTeam team = ThreadTeam.of(size)) {
            long[][] buffers = new long[2][size];
            int[] step = {0};
            ThreadTeam.Region region = (m, n) -> buffers[1 - step[0] % 2][m] = buffers[step[0] % 2][(m + 1) % n] + 1;
            for (; step[0] < regions; step[0]++) {
                team.run(region);
            }
            assertThat(buffers[step[0] % 2]).containsOnly(regions);
        }
    }

    @Test
    void membersSleepBetweenRegionsAndWakeAgain() {
        try (ThreadTeam team = ThreadTeam.of(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(3);
            for (int i = 0; i < 20; i++) {
                team.run((m, n) -> runs.incrementAndGet(m));
                LockSupport.parkNanos(2_000_000);
            }
            assertThat(runs.get(2)).isEqualTo(20);
        }
    }

    @Test
    void aCallerThatFinishesFirstWaitsForASlowMember() {
        try (ThreadTeam team = ThreadTeam.of(2)) {
            boolean[] done = {false};
            team.run((m, n) -> {
                if (m == 1) {
                    sleep(20);
                    done[0] = true;
                }
            });
            assertThat(done[0]).isTrue();
        }
    }

    @Test
    void aMembersExceptionIsThrownAtTheCallerAfterAllStopped() {
        try (ThreadTeam team = ThreadTeam.of(3)) {
            AtomicIntegerArray finished = new AtomicIntegerArray(3);
            assertThatThrownBy(() -> team.run((m, n) -> {
                        if (m == 1) {
                            throw new ArithmeticException("member 1");
                        }
                        sleep(10);
                        finished.set(m, 1);
                    }))
                    .isInstanceOf(ArithmeticException.class)
                    .hasMessage("member 1");
            assertThat(finished.get(0) + finished.get(2)).isEqualTo(2);
            team.run((m, n) -> finished.set(m, 2));
            assertThat(finished.get(1)).isEqualTo(2);
        }
    }

    @Test
    void furtherExceptionsAreSuppressed() {
        try (ThreadTeam team = ThreadTeam.of(2)) {
            assertThatThrownBy(() -> team.run((m, n) -> {
                        if (m == 0) {
                            throw new IllegalStateException("0");
                        }
                        throw new StackOverflowError("1");
                    }))
                    .hasMessage("0")
                    .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("1"));
        }
    }

    @Test
    void aSecondCallerAndANestedRegionAreRefused() throws InterruptedException {
        try (ThreadTeam team = ThreadTeam.of(2)) {
            assertThatIllegalStateException().isThrownBy(() -> team.run((m, n) -> team.run((a, b) -> {})));
            CountDownLatch inside = new CountDownLatch(2);
            CountDownLatch leave = new CountDownLatch(1);
            Thread first = Thread.ofPlatform()
                    .start(() -> team.run((m, n) -> {
                        inside.countDown();
                        awaitUninterruptibly(leave);
                    }));
            inside.await();
            assertThatIllegalStateException()
                    .isThrownBy(() -> team.run((m, n) -> {}))
                    .withMessageContaining("one thread");
            leave.countDown();
            first.join();
            team.run((m, n) -> {});
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void closeEndsTheThreadsAndMayBeRepeated(int size) {
        long before = teamThreads();
        ThreadTeam team = ThreadTeam.of(size);
        team.run((m, n) -> {});
        sleep(5);
        team.close();
        team.close();
        assertThat(teamThreads()).isEqualTo(before);
        assertThatIllegalStateException()
                .isThrownBy(() -> team.run((m, n) -> {}))
                .withMessageContaining("closed");
    }

    @Test
    void closeWaitsForTheRunningRegion() throws InterruptedException {
        ThreadTeam team = ThreadTeam.of(2);
        CountDownLatch inside = new CountDownLatch(2);
        AtomicIntegerArray finished = new AtomicIntegerArray(2);
        Thread runner = Thread.ofPlatform()
                .start(() -> team.run((m, n) -> {
                    inside.countDown();
                    sleep(20);
                    finished.set(m, 1);
                }));
        inside.await();
        team.close();
        assertThat(finished.get(0) + finished.get(1)).isEqualTo(2);
        runner.join();
    }

    @Test
    void aRegionCannotCloseItsTeam() {
        try (ThreadTeam team = ThreadTeam.of(2)) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> team.run((m, n) -> {
                        if (m == 1) {
                            team.close();
                        }
                    }));
        }
    }

    @Test
    void anInterruptedCallerStillGetsItsResult() {
        try (ThreadTeam team = ThreadTeam.of(2)) {
            boolean[] done = {false};
            Thread.currentThread().interrupt();
            team.run((m, n) -> {
                if (m == 1) {
                    sleep(5);
                    done[0] = true;
                }
            });
            assertThat(Thread.interrupted()).isTrue();
            assertThat(done[0]).isTrue();
        }
    }

    @Test
    void moreMembersThanProcessorsStillProgress() {
        try (ThreadTeam team = ThreadTeam.of(8 * Runtime.getRuntime().availableProcessors())) {
            ThreadTeam.Region empty = (m, n) -> {};
            long start = System.nanoTime();
            for (int i = 0; i < 300; i++) {
                team.run(empty);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
        }
    }

    @Test
    void runAllocatesNothing() {
        var threads = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        try (ThreadTeam team = ThreadTeam.of(2)) {
            ThreadTeam.Region empty = (m, n) -> {};
            for (int i = 0; i < 1000; i++) {
                team.run(empty);
            }
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                team.run(empty);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1000);
        }
    }

    @Test
    void aTeamNeedsAMember() {
        assertThatIllegalArgumentException().isThrownBy(() -> ThreadTeam.of(0)).withMessageContaining("not 0");
    }

    @Test
    void theDefaultSizeIsWithinTheProcessorsAllowed() {
        assertThat(ThreadTeam.defaultSize()).isBetween(1, Runtime.getRuntime().availableProcessors());
    }

    private static long teamThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("sluice-team-"))
                .count();
    }

    private static void sleep(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
