package dev.sluice.cpu;

import dev.sluice.backend.SequenceState;
import dev.sluice.backend.StateReader;
import dev.sluice.error.InvalidRequestException;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.KvPages;
import java.lang.foreign.Arena;
import java.util.Arrays;

/** A sequence's layer states, all in one arena. */
final class CpuSequence implements SequenceState {
    private final Sequences owner;
    private final Arena arena = Arena.ofShared();
    private final LayerState[] layers;
    private final DeltaState[] recurrents;
    private int position;
    private int drafted;
    private boolean failed;
    private boolean closed;

    CpuSequence(Sequences owner) {
        this.owner = owner;
        this.layers = owner.states(arena);
        this.recurrents = recurrents(layers);
    }

    /** A copy: recurrent states copied, KV pages shared until one of the two writes to them. */
    CpuSequence(Sequences owner, CpuSequence original) {
        this(owner);
        position = original.position;
        for (int i = 0; i < layers.length; i++) {
            switch (layers[i]) {
                case LayerState.Recurrent(DeltaState state) -> state.copyFrom(original.recurrent(i));
                case LayerState.Cache _ ->
                    layers[i] = new LayerState.Cache(original.cache(i).fork());
            }
        }
    }

    private static DeltaState[] recurrents(LayerState[] layers) {
        return Arrays.stream(layers)
                .filter(LayerState.Recurrent.class::isInstance)
                .map(state -> ((LayerState.Recurrent) state).state())
                .toArray(DeltaState[]::new);
    }

    /** Keys and values of an attention layer; the draft head's layer comes after the trunk's. */
    KvPages cache(int layer) {
        return ((LayerState.Cache) layers[layer]).kv();
    }

    DeltaState recurrent(int layer) {
        return ((LayerState.Recurrent) layers[layer]).state();
    }

    boolean belongsTo(Sequences sequences) {
        return owner == sequences;
    }

    @Override
    public int position() {
        requireOpen();
        return position;
    }

    /** Prepares for {@code count} more tokens of layers {@code [from, to)}, from {@code first} on; the next step needs no memory then. */
    void extend(int from, int to, int first, int count) {
        owner.table().extendTo(first + count);
        for (int i = from; i < to; i++) {
            if (layers[i] instanceof LayerState.Cache(KvPages kv)) {
                kv.extendTo(first + count);
            }
        }
    }

    /** Prepares for a draft step of {@code count} tokens. */
    void extendLogs(int count) {
        for (DeltaState state : recurrents) {
            state.log(count);
        }
    }

    /** Books a finished step. */
    void advance(int count, boolean draft) {
        if (draft) {
            drafted = count;
        } else {
            position += count;
        }
    }

    /** Books a step that stopped half way: some layers have moved on and some have not. */
    void fail() {
        failed = true;
    }

    /** Throws unless {@code count} tokens can follow now. */
    void requireReady(int count) {
        requireOpen();
        requireCommitted("run");
        if (failed) {
            throw new InvalidRequestException(
                    "an earlier step of this sequence failed half way; reset it and start again");
        }
        requireRoom((long) position + count);
    }

    void requireRoom(long tokens) {
        if (tokens > owner.contextLimit()) {
            throw new InvalidRequestException("position " + tokens + " is beyond the context limit of "
                    + owner.contextLimit() + " tokens; shorten the prompt or raise the limit");
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new InvalidRequestException("this sequence is closed");
        }
    }

    private void requireCommitted(String what) {
        if (drafted > 0) {
            throw new InvalidRequestException("cannot " + what + ": " + drafted
                    + " drafted tokens wait for commit, which says how many of them stay");
        }
    }

    @Override
    public void reserve(int tokens) {
        requireOpen();
        requireRoom(tokens);
        for (LayerState layer : layers) {
            if (layer instanceof LayerState.Cache(KvPages kv) && kv.length() < tokens) {
                int length = kv.length();
                kv.extendTo(tokens);
                kv.truncate(length);
            }
        }
        owner.table().extendTo(tokens);
    }

    /**
     * Moves an empty sequence to position {@code tokens} without running anything: its states and its cached keys and
     * values become seeded numbers. For measurements at a depth.
     */
    void fill(int tokens, long seed) {
        requireReady(tokens);
        extend(0, owner.trunkLayers(), 0, tokens);
        for (int i = 0; i < owner.trunkLayers(); i++) {
            SeededNumbers numbers = new SeededNumbers(seed + i);
            switch (layers[i]) {
                case LayerState.Recurrent(DeltaState state) -> {
                    numbers.floats(state.recurrent().segment());
                    numbers.floats(state.conv().segment());
                }
                case LayerState.Cache(KvPages kv) -> {
                    for (int page = 0; page < kv.pages(); page++) {
                        numbers.fill(kv.type(), kv.page(page));
                    }
                }
            }
        }
        position = tokens;
    }

    @Override
    public void commit(int accepted) {
        requireOpen();
        if (accepted < 0 || accepted > drafted) {
            throw new InvalidRequestException("cannot commit " + accepted + " of " + drafted + " drafted tokens");
        }
        owner.guard().enter();
        try {
            if (accepted > 0) {
                owner.replay(recurrents, accepted);
            }
            position += accepted;
            drafted = 0;
            for (int i = 0; i < owner.trunkLayers(); i++) {
                if (layers[i] instanceof LayerState.Cache(KvPages kv)) {
                    kv.truncate(position);
                }
            }
        } finally {
            owner.guard().exit();
        }
    }

    @Override
    public CpuSequence fork() {
        requireReady(0);
        owner.guard().enter();
        try {
            return owner.fork(this);
        } finally {
            owner.guard().exit();
        }
    }

    @Override
    public void reset() {
        requireOpen();
        owner.guard().enter();
        try {
            position = 0;
            drafted = 0;
            failed = false;
            for (LayerState layer : layers) {
                switch (layer) {
                    case LayerState.Recurrent(DeltaState state) -> state.clear();
                    case LayerState.Cache(KvPages kv) -> kv.truncate(0);
                }
            }
        } finally {
            owner.guard().exit();
        }
    }

    @Override
    public long bytes() {
        requireOpen();
        long sum = 0;
        for (LayerState layer : layers) {
            sum += switch (layer) {
                case LayerState.Recurrent(DeltaState state) -> state.bytes();
                case LayerState.Cache(KvPages kv) -> kv.bytes();
            };
        }
        return sum;
    }

    @Override
    public void read(StateReader reader) {
        requireOpen();
        for (int i = 0; i < layers.length; i++) {
            if (layers[i] instanceof LayerState.Recurrent(DeltaState state)) {
                F32 conv = state.conv();
                var spec = state.spec();
                String name = "state.layers." + i;
                reader.state(name + ".S", state.recurrent(), spec.valueHeads(), spec.keyDim(), spec.valueDim());
                reader.state(name + ".conv", conv, spec.convTaps() - 1, spec.convChannels());
            }
        }
    }

    @Override
    public void close() {
        owner.guard().await();
        try {
            if (!closed) {
                closed = true;
                owner.forget(this);
                for (LayerState layer : layers) {
                    if (layer instanceof LayerState.Cache(KvPages kv)) {
                        kv.release();
                    }
                }
                arena.close();
            }
        } finally {
            owner.guard().exit();
        }
    }
}
