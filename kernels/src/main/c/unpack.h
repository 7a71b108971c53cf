/* Rows of stored codes as BF16 numbers. Every code has at most 8 significant bits, so this is exact. */
#ifndef SLUICE_UNPACK_H
#define SLUICE_UNPACK_H

#include "numbers.h"

/* Numbers of a vector: BF16 in, f32 sums. */
enum { PAIRS = 32 };

FOR_BF16 __m512bh load(const void *at) {
    return (__m512bh) _mm512_loadu_si512(at);
}

/* Two tables of 128: upper and lower byte of the BF16 number of each E4M3 magnitude. */
struct fp8_tables {
    _Alignas(64) uint8_t low[128];
    _Alignas(64) uint8_t high[128];
};

extern const struct fp8_tables FP8;

/* Interleaves 64 low with 64 high bytes; unpacking works in quarters, so the quarters' halves are dealt out before. */
FOR_BF16 __m512i dealt(__m512i codes) {
    return _mm512_permutexvar_epi64(_mm512_setr_epi64(0, 4, 1, 5, 2, 6, 3, 7), codes);
}

FOR_BF16 void store_pairs(uint16_t *to, __m512i low, __m512i high) {
    _mm512_storeu_si512(to, _mm512_unpacklo_epi8(low, high));
    _mm512_storeu_si512(to + PAIRS, _mm512_unpackhi_epi8(low, high));
}

/* COLS codes of E4M3 and zeros up to a multiple of 64. Not value * 2^-120 by shifts: vdpbf16ps reads subnormals as 0. */
FOR_BF16 void unpack_fp8(const uint8_t *from, long cols, uint16_t *to) {
    __m512i low0 = _mm512_load_si512(FP8.low), low1 = _mm512_load_si512(FP8.low + 64);
    __m512i high0 = _mm512_load_si512(FP8.high), high1 = _mm512_load_si512(FP8.high + 64);
    __m512i sign = _mm512_set1_epi8((char) 0x80);
    for (long k = 0; k < cols; k += 64) {
        __m512i codes = dealt(bytes(from + k, cols - k));
        __m512i low = _mm512_permutex2var_epi8(low0, codes, low1);
        __m512i high = _mm512_permutex2var_epi8(high0, codes, high1);
        store_pairs(to + k, low, _mm512_or_si512(high, _mm512_and_si512(codes, sign)));
    }
}

/* COLS codes of four bits; the even column of a byte sits in its lower half. */
FOR_BF16 void unpack_4bit(const uint8_t *from, long cols, uint16_t *to) {
    __m512i low = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, (char) 0x80, 0, 0x40, (char) 0x80, (char) 0xA0, (char) 0xC0, (char) 0xE0, 0, 0x10, 0x20, 0x30,
            0x40, 0x50, 0x60, 0x70));
    __m512i high = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 0x3F, 0x40, 0x40, 0x40, 0x40, 0x40, 0x40, 0x41, 0x41, 0x41,
        0x41, 0x41, 0x41, 0x41, 0x41));
    __m512i nibbles = _mm512_set1_epi8(15);
    for (long k = 0; k < cols; k += 64) {
        long left = (cols - k) / 2;
        __mmask32 mask = left >= 32 ? ~0U : ~0U >> (32 - left);
        __m512i wide = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(mask, from + k / 2));
        __m512i codes = dealt(_mm512_and_si512(_mm512_or_si512(wide, _mm512_slli_epi16(wide, 4)), nibbles));
        store_pairs(to + k, _mm512_shuffle_epi8(low, codes), _mm512_shuffle_epi8(high, codes));
    }
}

/* COLS codes of eight bits. */
FOR_BF16 void unpack_8bit(const uint8_t *from, long cols, uint16_t *to) {
    for (long k = 0; k < cols; k += 64) {
        __m512i codes = bytes(from + k, cols - k);
        for (int half = 0; half < 2; half++) {
            __m256i part = half == 0 ? _mm512_castsi512_si256(codes) : _mm512_extracti64x4_epi64(codes, 1);
            __m512 first = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm256_castsi256_si128(part)));
            __m512 second = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm256_extracti128_si256(part, 1)));
            _mm512_storeu_si512(to + k + PAIRS * half, (__m512i) _mm512_cvtne2ps_pbh(second, first));
        }
    }
}

/* COUNT scales or biases as f32 and zeros up to a multiple of 16. */
FOR_BF16 void widen(long type, const char *from, long count, float *to) {
    for (long i = 0; i < count; i += LANES) {
        _mm512_storeu_ps(to + i, widen16(type, from + i * scale_bytes(type), count - i));
    }
}

#endif
