/*
 * Four rows with up to four tokens, straight from the mapping. The bytes of a block of 32 columns are summed exactly, in
 * 32 bits; what is added in f32, and in which order, is told in int8.c.
 */
#ifndef SLUICE_DOT_H
#define SLUICE_DOT_H

#include "quantize.h"

/* Bytes that the hints are ahead of the reads: of codes, of scales. */
enum { ROWS = 4, FEW = 4, AHEAD = 3072, SCALES_AHEAD = 512 };

/* Four rows as stored; their scales, a vector for a chunk; their biases turned, four vectors for a strip of groups. */
struct rows {
    const char *w[ROWS];
    const float *scales;
    const float *biases;
};

/* The next strip of groups of four rows, AT row 0, turned: quarter Q of vector K is group 4 Q + K of all rows. */
FOR_INT8 void turn_strip(long type, const char *at, const long row[ROWS], long groups, long first, __m512i v[ROWS]) {
#pragma GCC unroll 4
    for (int i = 0; i < ROWS; i++) {
        const char *from = at + (row[i] * groups + first) * scale_bytes(type);
        v[i] = _mm512_castps_si512(widen16(type, from, groups - first));
        _mm_prefetch(from + SCALES_AHEAD, _MM_HINT_T0);
    }
    turn4(v);
}

FOR_INT8 void turn_biases(long type, const char *at, const long row[ROWS], long groups, float *to) {
    for (long g = 0; g < groups; g += STRIP) {
        __m512i v[ROWS];
        turn_strip(type, at, row, groups, g, v);
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            _mm512_storeu_si512(to + 4 * g + LANES * i, v[i]);
        }
    }
}

/* Quarter Q of the scales: once for a chunk of four groups, twice for two, four times for one. */
#define CHUNKS_OF_QUARTER(q) \
    if (group == 64) { \
        _mm512_storeu_si512(to, _mm512_shuffle_i32x4(v[0], v[1], 0x55 * (q))); \
        _mm512_storeu_si512(to + LANES, _mm512_shuffle_i32x4(v[2], v[3], 0x55 * (q))); \
        to += 2 * LANES; \
    } else if (group == 128) { \
        for (int k = 0; k < 4; k++, to += LANES) { \
            _mm512_storeu_si512(to, _mm512_shuffle_i32x4(v[k], v[k], 0x55 * (q))); \
        } \
    } else { \
        __m512i low = _mm512_shuffle_i32x4(v[0], v[1], 0x55 * (q)), high = _mm512_shuffle_i32x4(v[2], v[3], 0x55 * (q)); \
        _mm512_storeu_si512(to, _mm512_shuffle_i32x4(low, high, 0x88)); \
        to += LANES; \
    }

/* Scales of the blocks of each chunk: quarter J is block J, lane I of it row I. */
FOR_INT8 void spread_scales(
    long type, const char *at, const long row[ROWS], const long group, long groups, float *to) {
    for (long g = 0; g < groups; g += STRIP) {
        __m512i v[ROWS];
        turn_strip(type, at, row, groups, g, v);
        CHUNKS_OF_QUARTER(0)
        CHUNKS_OF_QUARTER(1)
        CHUNKS_OF_QUARTER(2)
        CHUNKS_OF_QUARTER(3)
    }
}

/* Lane I of quarter J: the sum of quarter J of row I's vector. */
FOR_INT8 __m512i quarters(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

FOR_INT8 void dot_chunk(const int bits, const int tokens, const int masked, const struct rows *r, long cols, long chunk,
    const char *x, struct places at, __m512 sums[FEW]) {
    struct codes c[ROWS];
#pragma GCC unroll 4
    for (int i = 0; i < ROWS; i++) {
        const char *w = r->w[i] + chunk * (CHUNK / 8 * bits);
        c[i] = unpack(bits, masked, w, cols - chunk * CHUNK);
        _mm_prefetch(w + AHEAD, _MM_HINT_T0);
        if (bits == 8) {
            _mm_prefetch(w + AHEAD + LINE, _MM_HINT_T0);
        }
    }
    __m512 scales = _mm512_loadu_ps(r->scales + LANES * chunk);
    __mmask16 there = masked ? 0xFFFF >> (LANES - (cols - chunk * CHUNK) / BLOCK * 4) : 0xFFFF;
#pragma GCC unroll 4
    for (int t = 0; t < tokens; t++) {
        const char *token = x + t * at.pitch;
        __m512i low = _mm512_loadu_si512(token + chunk * CHUNK), high = _mm512_loadu_si512(token + chunk * CHUNK + LINE);
        __m512i dots[ROWS];
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            dots[i] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), c[i].low, low);
            dots[i] = _mm512_dpbusd_epi32(dots[i], c[i].high, high);
        }
        __m512 scale = _mm512_mul_ps(scales, _mm512_loadu_ps((const float *) (token + at.scales) + LANES * chunk));
        __m512 dot = _mm512_cvtepi32_ps(quarters(dots[0], dots[1], dots[2], dots[3]));
        sums[t] = _mm512_mask3_fmadd_ps(scale, dot, sums[t], there);
    }
}

/* TO: lane I of [T] is the product of row I with token T. */
FOR_INT8 void dot_rows(const int bits, const int tokens, const struct rows *r, long cols, long group, const char *x,
    struct places at, __m128 to[FEW]) {
    __m512 sums[FEW];
#pragma GCC unroll 4
    for (int t = 0; t < tokens; t++) {
        sums[t] = _mm512_setzero_ps();
    }
    long groups = cols / group;
    for (long g = 0; g < groups; g += STRIP) {
        for (long k = 0; k < min(4, groups - g); k++) {
            long quads = min(4, (groups - g - k + 3) / 4);
            __mmask16 there = 0xFFFF >> (LANES - 4 * quads);
            __m512 bias = _mm512_loadu_ps(r->biases + 4 * g + LANES * k);
#pragma GCC unroll 4
            for (int t = 0; t < tokens; t++) {
                const float *of_token = (const float *) (x + t * at.pitch + at.sums);
                sums[t] = _mm512_mask3_fmadd_ps(bias, _mm512_loadu_ps(of_token + 4 * g + LANES * k), sums[t], there);
            }
        }
    }
    long chunk = 0;
    for (; chunk < cols / CHUNK; chunk++) {
        dot_chunk(bits, tokens, 0, r, cols, chunk, x, at, sums);
    }
    if (cols % CHUNK != 0) {
        dot_chunk(bits, tokens, 1, r, cols, chunk, x, at, sums);
    }
#pragma GCC unroll 4
    for (int t = 0; t < tokens; t++) {
        to[t] = quarter(sums[t]);
    }
}

#endif
