/* What this processor has of what the kernels need, and the peak they are measured against. */
#include "unpack.h"

enum { CHAINS = 12, LACKS_AVX512 = 1, LACKS_BF16 = 2, LACKS_VBMI = 4, LACKS_VNNI = 8 };

/* Asked before any kernel: 0 when all instructions are there and the system keeps their registers, else what is not. */
EXPORT long sluice_lacks(void) {
    __builtin_cpu_init();
    int avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
    return (avx512 ? 0 : LACKS_AVX512) | (__builtin_cpu_supports("avx512bf16") ? 0 : LACKS_BF16)
        | (__builtin_cpu_supports("avx512vbmi") ? 0 : LACKS_VBMI) | (__builtin_cpu_supports("avx512vnni") ? 0 : LACKS_VNNI);
}

/* STEPS vdpbf16ps in each of twelve chains that do not wait for each other; returns the multiply-adds done. */
EXPORT BF16_TARGET long sluice_bf16_peak(long steps) {
    __m512 sums[CHAINS];
    __m512bh ones = (__m512bh) _mm512_set1_epi16(0x3F80);
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
        sums[i] = _mm512_setzero_ps();
    }
    for (long n = 0; n < steps; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm512_dpbf16_ps(sums[i], ones, ones);
            __asm__ volatile("" : "+v"(sums[i]));
        }
    }
#pragma GCC unroll 12
    for (int i = 1; i < CHAINS; i++) {
        sums[0] = _mm512_add_ps(sums[0], sums[i]);
    }
    __asm__ volatile("" : : "v"(sums[0]));
    return steps * CHAINS * PAIRS;
}

/* The same of vpdpbusd. */
EXPORT INT8_TARGET long sluice_int8_peak(long steps) {
    __m512i sums[CHAINS];
    __m512i ones = _mm512_set1_epi8(1);
#pragma GCC unroll 12
    for (int i = 0; i < CHAINS; i++) {
        sums[i] = _mm512_setzero_si512();
    }
    for (long n = 0; n < steps; n++) {
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) {
            sums[i] = _mm512_dpbusd_epi32(sums[i], ones, ones);
            __asm__ volatile("" : "+v"(sums[i]));
        }
    }
    return steps * CHAINS * 4 * LANES;
}
