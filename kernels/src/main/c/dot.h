/*
 * Four rows with up to four tokens, straight from the mapping. The bytes of a block of 32 columns are summed exactly, in
 * 32 bits; what is added in f32, and in which order, is told in int8.c.
 */
#ifndef SLUICE_DOT_H
#define SLUICE_DOT_H

#include "quantize.h"

/* Bytes that the hints are ahead of the reads: of codes, of scales. */
enum { ROWS = 4, FEW = 4, AHEAD = 2048, SCALES_AHEAD = 512 };

/* Four rows as stored, and their scales and biases turned: of each strip of 16 groups four vectors (see turned). */
struct rows {
    const char *w[ROWS];
    const float *scales;
    const float *biases;
};

/* Scales or biases of four rows, AT row 0, turned. */
FOR_INT8 void turn_rows(long type, const char *at, const long row[ROWS], long groups, float *to) {
    long each = scale_bytes(type);
    for (long g = 0; g < groups; g += STRIP) {
        __m512i v[ROWS];
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            v[i] = _mm512_castps_si512(widen16(type, at + (row[i] * groups + g) * each, groups - g));
        }
        turn4(v);
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            _mm512_storeu_si512(to + 4 * g + LANES * i, v[i]);
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < ROWS; i++) {
        for (long k = 0; k < groups * each; k += LINE) {
            _mm_prefetch(at + row[i] * groups * each + SCALES_AHEAD + k, _MM_HINT_T0);
        }
    }
}

/* Scales of the blocks of a chunk: quarter J is block J, lane I of it row I. */
FOR_INT8 __m512 chunk_scales(long group, const float *scales, long chunk) {
    long first = chunk * (CHUNK / group);
    __m512 v = _mm512_broadcast_f32x4(_mm_loadu_ps(scales + 4 * turned(first)));
    if (group == 64) {
        v = _mm512_mask_broadcast_f32x4(v, 0xFF00, _mm_loadu_ps(scales + 4 * turned(first + 1)));
    } else if (group == 32) {
        v = _mm512_mask_broadcast_f32x4(v, 0x00F0, _mm_loadu_ps(scales + 4 * turned(first + 1)));
        v = _mm512_mask_broadcast_f32x4(v, 0x0F00, _mm_loadu_ps(scales + 4 * turned(first + 2)));
        v = _mm512_mask_broadcast_f32x4(v, 0xF000, _mm_loadu_ps(scales + 4 * turned(first + 3)));
    }
    return v;
}

/* Lane I of quarter J: the sum of quarter J of row I's vector. */
FOR_INT8 __m512i quarters(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    return _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

FOR_INT8 void dot_chunk(const int bits, const int tokens, const int masked, const struct rows *r, long cols, long group,
    long chunk, const char *x, struct places at, __m512 sums[FEW]) {
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
    __m512 scales = chunk_scales(group, r->scales, chunk);
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
        dot_chunk(bits, tokens, 0, r, cols, group, chunk, x, at, sums);
    }
    if (cols % CHUNK != 0) {
        dot_chunk(bits, tokens, 1, r, cols, group, chunk, x, at, sums);
    }
#pragma GCC unroll 4
    for (int t = 0; t < tokens; t++) {
        to[t] = quarter(sums[t]);
    }
}

#endif
