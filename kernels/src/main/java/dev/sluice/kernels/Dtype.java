package dev.sluice.kernels;

/** Element types of stored tensors, named as safetensors names them. */
public enum Dtype {
    F64(64),
    F32(32),
    F16(16),
    BF16(16),
    F8_E4M3(8),
    F8_E5M2(8),
    F8_E8M0(8),
    I64(64),
    I32(32),
    I16(16),
    I8(8),
    U64(64),
    U32(32),
    U16(16),
    U8(8),
    BOOL(8);

    private final int bits;

    Dtype(int bits) {
        this.bits = bits;
    }

    /** Bits of one element. */
    public int bits() {
        return bits;
    }

    /** Bytes of {@code count} elements. */
    public long bytes(long count) {
        return Math.multiplyExact(count, (long) bits / 8);
    }
}
