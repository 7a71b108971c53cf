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

/* SPREAD: each number four times, once for each of four rows; else once. An odd number of lines apart: see bf16.c. */
INLINE struct places places_of(long cols, long groups, int spread) {
    long each = (spread ? 4 : 1) * (long) sizeof(float);
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

/*
 * 32 activations to bytes: absmax / 127 is 1. Returns the scale, and the sum of the bytes times the scale in SUM. A block
 * that is not finite has the scale NaN; one below 2^-100 counts as zero, as 127 / absmax may be infinite there.
 */
FOR_INT8 float quantize_block(const int nibbles, const float *x, char *to, float *sum) {
    __m512 a = _mm512_loadu_ps(x), b = _mm512_loadu_ps(x + LANES);
    __m512i sizes = _mm512_max_epu32(_mm512_castps_si512(_mm512_abs_ps(a)), _mm512_castps_si512(_mm512_abs_ps(b)));
    uint32_t bits = _mm512_reduce_max_epu32(sizes);
    float most = _mm_cvtss_f32(_mm_castsi128_ps(_mm_cvtsi32_si128((int) bits)));
    int counts = bits < NOT_FINITE && most >= 0x1p-100f;
    float scale = counts ? most / 127 : bits < NOT_FINITE ? 0 : __builtin_nanf("");
    __m512 inverse = _mm512_set1_ps(counts ? 127 / most : 0);
    __m512i qa = _mm512_cvtps_epi32(_mm512_mul_ps(a, inverse)), qb = _mm512_cvtps_epi32(_mm512_mul_ps(b, inverse));
    __m128i first = _mm512_cvtsepi32_epi8(qa), second = _mm512_cvtsepi32_epi8(qb);
    if (nibbles) {
        __m128i deal = _mm_setr_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
        __m128i dealt0 = _mm_shuffle_epi8(first, deal), dealt1 = _mm_shuffle_epi8(second, deal);
        first = _mm_unpacklo_epi64(dealt0, dealt1);
        second = _mm_unpackhi_epi64(dealt0, dealt1);
    }
    _mm_storeu_si128((__m128i *) to, first);
    _mm_storeu_si128((__m128i *) (to + LINE), second);
    *sum = scale * (float) _mm512_reduce_add_epi32(_mm512_add_epi32(qa, qb));
    return scale;
}

FOR_INT8 void quantize_token(
    const int nibbles, const int spread, const float *x, long cols, long group, char *to, struct places at) {
    float *scales = (float *) (to + at.scales), *sums = (float *) (to + at.sums);
    long groups = cols / group;
    for (long g = 0; g < groups; g++) {
        float sum = 0;
        for (long b = g * group / BLOCK; b < (g + 1) * group / BLOCK; b++) {
            float part;
            float scale = quantize_block(nibbles, x + b * BLOCK, to + b / 4 * CHUNK + b % 4 * QUAD, &part);
            sum += part;
            if (spread) {
                _mm_storeu_ps(scales + 4 * b, _mm_set1_ps(scale));
            } else {
                scales[b] = scale;
            }
        }
        if (spread) {
            _mm_storeu_ps(sums + 4 * turned(g), _mm_set1_ps(sum));
        } else {
            sums[g] = sum;
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
