/* Masked reads, scales as stored, and lanes added by halves. */
#ifndef SLUICE_NUMBERS_H
#define SLUICE_NUMBERS_H

#include "tier.h"

/* 64 bytes at AT, those from LEFT on read as zero and not touched. */
FOR_ALL __m512i bytes(const uint8_t *at, long left) {
    __mmask64 mask = left >= 64 ? ~0ULL : left <= 0 ? 0 : ~0ULL >> (64 - left);
    return _mm512_maskz_loadu_epi8(mask, at);
}

/* The next 16 scales or biases as f32; those from LEFT on are zero and not touched. TYPE: 0 F32, 1 F16, 2 BF16. */
FOR_ALL __m512 widen16(long type, const char *from, long left) {
    __mmask16 mask = left >= LANES ? 0xFFFF : 0xFFFF >> (LANES - left);
    if (type == 0) {
        return _mm512_maskz_loadu_ps(mask, from);
    }
    __m256i halves = _mm256_maskz_loadu_epi16(mask, from);
    return type == 1 ? _mm512_cvtph_ps(halves)
                     : _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

FOR_ALL long scale_bytes(long type) {
    return type == 0 ? 4 : 2;
}

/* Lanes added by halves until four are left. */
FOR_ALL __m128 quarter(__m512 v) {
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    return _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
}

#endif
