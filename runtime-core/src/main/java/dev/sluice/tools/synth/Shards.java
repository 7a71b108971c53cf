package dev.sluice.tools.synth;

import dev.sluice.models.released.Form;
import dev.sluice.models.released.PlannedTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which tensors lie in which file. */
final class Shards {
    /** What the libraries that publish checkpoints cut at. */
    static final long LIMIT = 5_000_000_000L;

    /** As the safetensors library orders a file: wide elements first, so that all are aligned, then by name. */
    private static final Comparator<PlannedTensor> IN_FILE = Comparator.comparingInt(
                    (PlannedTensor tensor) -> -tensor.type().bits())
            .thenComparing(PlannedTensor::name);

    /** One file. */
    record Shard(String name, List<PlannedTensor> tensors) {}

    private Shards() {}

    /** Files of at most {@code limit} bytes of data, larger only where a single tensor is. */
    static List<Shard> of(List<PlannedTensor> plan, Form form, long limit) {
        List<List<PlannedTensor>> groups = new ArrayList<>();
        long room = 0;
        for (PlannedTensor tensor : plan) {
            if (groups.isEmpty() || tensor.bytes() > room) {
                groups.add(new ArrayList<>());
                room = limit;
            }
            groups.getLast().add(tensor);
            room -= tensor.bytes();
        }
        List<Shard> out = new ArrayList<>();
        for (List<PlannedTensor> group : groups) {
            group.sort(form.mlx() ? Comparator.comparing(PlannedTensor::name) : IN_FILE);
            out.add(new Shard(name(out.size() + 1, groups.size()), List.copyOf(group)));
        }
        return List.copyOf(out);
    }

    private static String name(int number, int count) {
        return count == 1 ? "model.safetensors" : "model-%05d-of-%05d.safetensors".formatted(number, count);
    }
}
