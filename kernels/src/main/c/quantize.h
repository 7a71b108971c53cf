/*
 * Activations as signed bytes with one scale for 32 columns, and codes of weights as unsigned bytes in the same order.
 * The order within 128 columns is the one that costs the weights least: two vectors, of which quarter Q belongs to block Q.
 */
#ifndef SLUICE_QUANTIZE_H
#define SLUICE_QUANTIZE_H

#include "numbers.h"

/* Bits of infinity: larger ones are NaN. */
enum { NOT_FINITE = 0x7F800000 };

/* Columns of an activation scale, of a pair of vectors; bytes of a quarter; groups whose scales are turned at a time. */
enum { BLOCK = 32, CHUNK = 128, QUAD = 16, STRIP = 16 };

/* Where a token's scales and the sums of its groups lie behind its codes, and the bytes from token to token. */
struct places {
    long scales;
    long sums;
    long pitch;
};

/* WIDE: each number four times, once for each of four rows; else once. An odd number of lines apart: see bf16.c. */
INLINE struct places places_of(long cols, long groups, int wide) {
    long each = (wide ? 4 : 1) * (long) sizeof(float);
    struct places at;
    at.scales = (cols + CHUNK - 1) / CHUNK * CHUNK;
    at.sums = at.scales + (cols / BLOCK + 3) / 4 * 4 * each;
    at.pitch = ((at.sums + (groups + STRIP - 1) / STRIP * STRIP * each + LINE - 1) / LINE | 1) * LINE;
    return at;
}

/* Place of a group in a strip of 16 whose rows were turned four by four: vector by the lower two bits, quarter by the upper. */
INLINE long turned(long group) {
    return group / STRIP * STRIP + group % 4 * 4 + group % STRIP / 4;
}

/* The larger of each pair of neighbours, as numbers without a sign: of 2 x 16 numbers, of 2 x 8. */
FOR_INT8 __m512i larger32(__m512i a, __m512i b) {
    return _mm512_max_epu32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
}

FOR_INT8 __m512i larger64(__m512i a, __m512i b) {
    return _mm512_max_epu32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
}

/* Bits of the largest size in each of four blocks of two vectors. */
FOR_INT8 __m128i largest(const __m512 v[8]) {
    __m512i sizes[4];
#pragma GCC unroll 4
    for (int b = 0; b < 4; b++) {
        sizes[b] = _mm512_max_epu32(
            _mm512_castps_si512(_mm512_abs_ps(v[2 * b])), _mm512_castps_si512(_mm512_abs_ps(v[2 * b + 1])));
    }
    __m512i of_quarters = larger64(larger32(sizes[0], sizes[1]), larger32(sizes[2], sizes[3]));
    __m256i halves = _mm256_max_epu32(
        _mm512_castsi512_si256(of_quarters), _mm512_extracti64x4_epi64(of_quarters, 1));
    return _mm_max_epu32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
}

/* Eight vectors of four blocks to bytes in the order of the codes; those are signed, and none is -128 by itself. */
FOR_INT8 void bytes_of(const int nibbles, const __m512i q[8], __m512i *low, __m512i *high) {
    __m512i first = _mm512_packs_epi16(_mm512_packs_epi32(q[0], q[1]), _mm512_packs_epi32(q[2], q[3]));
    __m512i second = _mm512_packs_epi16(_mm512_packs_epi32(q[4], q[5]), _mm512_packs_epi32(q[6], q[7]));
    __m512i place = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 16, 20, 24, 28, 18, 22, 26, 30);
    *low = _mm512_permutex2var_epi32(first, place, second);
    *high = _mm512_permutex2var_epi32(first, _mm512_add_epi32(place, _mm512_set1_epi32(1)), second);
    if (nibbles) {
        __m512i even_odd = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
        __m512i a = _mm512_shuffle_epi8(*low, even_odd), b = _mm512_shuffle_epi8(*high, even_odd);
        *low = _mm512_unpacklo_epi64(a, b);
        *high = _mm512_unpackhi_epi64(a, b);
    }
}

/* Quarter J is number J, four times. */
FOR_INT8 __m512 spread(__m128 numbers) {
    __m512i quarter = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    return _mm512_permutexvar_ps(quarter, _mm512_castps128_ps512(numbers));
}

/*
 * BLOCKS blocks of 32 activations, at most four, to bytes: the largest size / 127 is 1. A block that is not finite has the
 * scale NaN; one below 2^-100 counts as zero, as 127 / size may be infinite there. SUMS: quarter J is the sum of block J
 * as rounded.
 */
FOR_INT8 __m128 quantize_chunk(const int nibbles, const float *x, long blocks, char *to, __m512 *sums) {
    __m512 v[8];
    __m512i q[8], low, high;
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        v[i] = _mm512_maskz_loadu_ps(i / 2 < blocks ? 0xFFFF : 0, x + LANES * i);
    }
    __m128i bits = largest(v);
    __m128 size = _mm_castsi128_ps(bits), top = _mm_set1_ps(127);
    __mmask8 finite = _mm_cmplt_epu32_mask(bits, _mm_set1_epi32(NOT_FINITE));
    __mmask8 counts = finite & _mm_cmp_ps_mask(size, _mm_set1_ps(0x1p-100f), _CMP_GE_OQ);
    __m128 inverse = _mm_maskz_div_ps(counts, top, size);
    __m128 scale = _mm_mask_blend_ps(finite, _mm_set1_ps(__builtin_nanf("")), _mm_maskz_div_ps(counts, size, top));
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        __m512 of_block = _mm512_permutexvar_ps(_mm512_set1_epi32(i / 2), _mm512_castps128_ps512(inverse));
        q[i] = _mm512_cvtps_epi32(_mm512_mul_ps(v[i], of_block));
    }
    bytes_of(nibbles, q, &low, &high);
    _mm512_storeu_si512(to, low);
    _mm512_storeu_si512(to + LINE, high);
    __m512i ones = _mm512_set1_epi8(1);
    __m512i dots = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(_mm512_setzero_si512(), ones, low), ones, high);
    dots = _mm512_add_epi32(dots, _mm512_shuffle_epi32(dots, _MM_PERM_BADC));
    dots = _mm512_add_epi32(dots, _mm512_shuffle_epi32(dots, _MM_PERM_CDAB));
    *sums = _mm512_mul_ps(spread(scale), _mm512_cvtepi32_ps(dots));
    return scale;
}

FOR_INT8 void quantize_token(
    const int nibbles, const int wide, const float *x, long cols, long group, char *to, struct places at) {
    float *scales = (float *) (to + at.scales), *sums = (float *) (to + at.sums);
    for (long k = 0, g = 0; k < cols; k += CHUNK) {
        __m512 sum;
        long blocks = min(4, (cols - k) / BLOCK);
        __m128 scale = quantize_chunk(nibbles, x + k, blocks, to + k, &sum);
        if (wide) {
            _mm512_storeu_ps(scales + 4 * k / BLOCK, spread(scale));
        } else {
            _mm_storeu_ps(scales + k / BLOCK, scale);
        }
        if (group >= 64) {
            sum = _mm512_add_ps(sum, _mm512_shuffle_f32x4(sum, sum, 0xB1));
        }
        if (group == 128) {
            sum = _mm512_add_ps(sum, _mm512_shuffle_f32x4(sum, sum, 0x4E));
        }
        float quarters[LANES];
        _mm512_storeu_ps(quarters, sum);
        for (long b = 0; b < blocks; b += group / BLOCK, g++) {
            if (wide) {
                _mm_storeu_ps(sums + 4 * turned(g), _mm_loadu_ps(quarters + 4 * b));
            } else {
                sums[g] = quarters[4 * b];
            }
        }
    }
}

/* Number K of quarter Q of vector I becomes number I of quarter Q of vector K. */
FOR_INT8 void turn4(__m512i v[4]) {
    __m512i t0 = _mm512_unpacklo_epi32(v[0], v[1]), t1 = _mm512_unpackhi_epi32(v[0], v[1]);
    __m512i t2 = _mm512_unpacklo_epi32(v[2], v[3]), t3 = _mm512_unpackhi_epi32(v[2], v[3]);
    v[0] = _mm512_unpacklo_epi64(t0, t2);
    v[1] = _mm512_unpackhi_epi64(t0, t2);
    v[2] = _mm512_unpacklo_epi64(t1, t3);
    v[3] = _mm512_unpackhi_epi64(t1, t3);
}

struct codes {
    __m512i low;
    __m512i high;
};

/* Codes of 128 columns, or of LEFT where MASKED, with zeros behind. */
FOR_INT8 struct codes unpack(const int bits, const int masked, const char *at, long left) {
    struct codes c;
    if (bits == 4) {
        __m512i v = masked ? bytes((const uint8_t *) at, left / 2) : _mm512_loadu_si512(at);
        __m512i nibbles = _mm512_set1_epi8(15);
        c.low = _mm512_and_si512(v, nibbles);
        c.high = _mm512_and_si512(_mm512_srli_epi16(v, 4), nibbles);
    } else {
        __m512i v = masked ? bytes((const uint8_t *) at, left) : _mm512_loadu_si512(at);
        __m512i w = masked ? bytes((const uint8_t *) at + 64, left - 64) : _mm512_loadu_si512(at + 64);
        c.low = _mm512_shuffle_i64x2(v, w, 0x88);
        c.high = _mm512_shuffle_i64x2(v, w, 0xDD);
    }
    return c;
}

#endif
