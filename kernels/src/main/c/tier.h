/* What all kernels share: the instructions that a function may use, and how it is inlined. */
#ifndef SLUICE_TIER_H
#define SLUICE_TIER_H

#include <immintrin.h>
#include <stdint.h>

/* Per function, so that nothing outside them holds such an instruction and the library loads on any x86-64. */
#define AVX512 "avx512f,avx512bw,avx512vl,avx512dq"
#define BF16_TARGET __attribute__((target(AVX512 ",avx512vbmi,avx512bf16")))
#define INT8_TARGET __attribute__((target(AVX512 ",avx512vnni")))

/* What a function is for that becomes part of its callers. */
#define INLINE static inline __attribute__((always_inline))
#define FOR_ALL INLINE __attribute__((target(AVX512)))
#define FOR_BF16 INLINE BF16_TARGET
#define FOR_INT8 INLINE INT8_TARGET

#define EXPORT __attribute__((visibility("default")))

enum { LINE = 64, LANES = 16 };

/* Forms of weights and tiers, as the caller numbers them: FORM, or INT8 + FORM. */
enum { BF16 = 0, FP8_BLOCKS = 1, AFFINE_4 = 4, AFFINE_8 = 8, INT8 = 16 };

/*
 * Rows [FROM, TO) for TOKENS vectors. Pitches in bytes; Y points at row 0 of the product of token 0.
 *
 * W, SCALES, BIASES: row 0 as stored. GROUP: columns of a scale. SCALE_TYPE: 0 F32, 1 F16, 2 BF16. SCRATCH: the calling
 * thread's own.
 */
struct product {
    long form;
    const char *w;
    long cols;
    long group;
    long scale_type;
    const char *scales;
    const char *biases;
    const char *x;
    long x_pitch;
    long tokens;
    char *y;
    long y_pitch;
    long from;
    long to;
    char *scratch;
    long scratch_bytes;
};

void bf16_multiply(const struct product *p);
void int8_multiply(const struct product *p);

INLINE long min(long a, long b) {
    return a < b ? a : b;
}

#endif
