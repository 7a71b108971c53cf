/* What every kernel of the BF16 tier shares: the instructions it may use and how a function is inlined. */
#ifndef SLUICE_TIER_H
#define SLUICE_TIER_H

#include <immintrin.h>
#include <stdint.h>

/* Per function, so that nothing outside them holds such an instruction and the library loads on any x86-64. */
#define TIER __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512bf16")))
#define INLINE static inline __attribute__((always_inline)) TIER
#define EXPORT __attribute__((visibility("default")))

/* Numbers of a vector: BF16 in, f32 sums. */
enum { PAIRS = 32, LANES = 16 };

INLINE __m512bh load(const void *at) {
    return (__m512bh) _mm512_loadu_si512(at);
}

#endif
