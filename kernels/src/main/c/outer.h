/*
 * Thirty-two rows with many tokens: rows are lanes, so that a block of 32 columns costs eight multiply-adds and three
 * operations in f32, where dot.h has two and six for a quarter of it. The weights are turned once for all tokens.
 */
#ifndef SLUICE_OUTER_H
#define SLUICE_OUTER_H

#include "dot.h"

/* Vectors of a panel's rows, its rows, tokens of a tile, multiply-adds of a block. */
enum { WIDE = 2, PANEL = WIDE * LANES, TILE = 8, STEPS = 8 };

/* CODES: block by block, step by step, four columns of each row. SCALES, BIASES: group by group, one of each row. */
struct panel {
    char *codes;
    float *scales;
    float *biases;
};

/* Number K of vector I becomes number I of vector K. */
FOR_INT8 void turn16(__m512i v[LANES]) {
#pragma GCC unroll 4
    for (int i = 0; i < LANES; i += 4) {
        turn4(v + i);
    }
#pragma GCC unroll 4
    for (int k = 0; k < 4; k++) {
        __m512i a = _mm512_shuffle_i32x4(v[k], v[k + 4], 0x88), b = _mm512_shuffle_i32x4(v[k], v[k + 4], 0xDD);
        __m512i c = _mm512_shuffle_i32x4(v[k + 8], v[k + 12], 0x88), d = _mm512_shuffle_i32x4(v[k + 8], v[k + 12], 0xDD);
        v[k] = _mm512_shuffle_i32x4(a, c, 0x88);
        v[k + 4] = _mm512_shuffle_i32x4(b, d, 0x88);
        v[k + 8] = _mm512_shuffle_i32x4(a, c, 0xDD);
        v[k + 12] = _mm512_shuffle_i32x4(b, d, 0xDD);
    }
}

/* 64 bytes of each of 16 rows, or LEFT of them and zeros. */
FOR_INT8 void turn_codes(const char *const row[LANES], long at, long left, __m512i v[LANES]) {
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) {
        v[i] = bytes((const uint8_t *) row[i] + at, left);
    }
    turn16(v);
}

/* Codes of 16 rows to every WIDE-th vector from TO on. */
FOR_INT8 void pack_codes(const int bits, const char *const row[LANES], long cols, char *to) {
    long step = WIDE * LINE;
    for (long k = 0; k < cols; k += 512 / bits, to += 128 / bits * step) {
        __m512i v[LANES];
        turn_codes(row, k * bits / 8, (cols - k) * bits / 8, v);
        if (bits == 8) {
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                _mm512_storeu_si512(to + i * step, v[i]);
            }
        } else {
            __m512i nibbles = _mm512_set1_epi8(15);
#pragma GCC unroll 16
            for (int i = 0; i < LANES; i++) {
                char *block = to + (i / 4 * STEPS + i % 4) * step;
                _mm512_storeu_si512(block, _mm512_and_si512(v[i], nibbles));
                _mm512_storeu_si512(block + 4 * step, _mm512_and_si512(_mm512_srli_epi16(v[i], 4), nibbles));
            }
        }
    }
}

/* Scales or biases of 16 rows to every WIDE-th vector from TO on. */
FOR_INT8 void pack_scales(long type, const char *const row[LANES], long groups, float *to) {
    for (long g = 0; g < groups; g += STRIP) {
        __m512i v[LANES];
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) {
            v[i] = _mm512_castps_si512(widen16(type, row[i] + g * scale_bytes(type), groups - g));
        }
        turn16(v);
        for (long i = 0; i < min(STRIP, groups - g); i++) {
            _mm512_storeu_si512(to + (g + i) * PANEL, v[i]);
        }
    }
}

/* A block of 32 columns: its sums are exact, its products with both scales are added to TO. CODES, SCALES: the block's. */
FOR_INT8 void outer_block(const int tokens, const char *codes, const float *scales, const char *const token[TILE],
    long token_codes, long token_scales, __m512 to[TILE][WIDE]) {
    __m512i dots[TILE][WIDE];
#pragma GCC unroll 8
    for (int s = 0; s < STEPS; s++) {
        __m512i w[WIDE];
#pragma GCC unroll 2
        for (int v = 0; v < WIDE; v++) {
            w[v] = _mm512_loadu_si512(codes + (s * WIDE + v) * LINE);
        }
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            __m512i four = _mm512_set1_epi32(*(const int *) (token[t] + token_codes + s / 4 * LINE + s % 4 * 4));
#pragma GCC unroll 2
            for (int v = 0; v < WIDE; v++) {
                dots[t][v] = _mm512_dpbusd_epi32(s == 0 ? _mm512_setzero_si512() : dots[t][v], w[v], four);
            }
        }
    }
#pragma GCC unroll 8
    for (int t = 0; t < tokens; t++) {
        __m512 scale = _mm512_set1_ps(*(const float *) (token[t] + token_scales));
#pragma GCC unroll 2
        for (int v = 0; v < WIDE; v++) {
            __m512 both = _mm512_mul_ps(_mm512_loadu_ps(scales + v * LANES), scale);
            to[t][v] = _mm512_fmadd_ps(both, _mm512_cvtepi32_ps(dots[t][v]), to[t][v]);
        }
    }
}

/* Y: row 0 of the panel and token 0. COUNT of the rows are written. */
FOR_INT8 void outer_tile(const int tokens, struct panel p, long cols, long group, const char *x, struct places at,
    char *y, long y_pitch, long count) {
    __m512 sums[4][TILE][WIDE];
    const char *token[TILE];
#pragma GCC unroll 8
    for (int t = 0; t < tokens; t++) {
        token[t] = x + t * at.pitch;
        /* or the compiler keeps 64 addresses, one for each token and step, on the stack */
        __asm__("" : "+r"(token[t]));
        for (int v = 0; v < WIDE; v++) {
            sums[0][t][v] = sums[1][t][v] = sums[2][t][v] = sums[3][t][v] = _mm512_setzero_ps();
        }
    }
    for (long g = 0; g < cols / group; g++) {
        __m512(*to)[WIDE] = sums[g / 4 % 4];
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            __m512 sum = _mm512_set1_ps(((const float *) (token[t] + at.sums))[g]);
#pragma GCC unroll 2
            for (int v = 0; v < WIDE; v++) {
                to[t][v] = _mm512_fmadd_ps(_mm512_loadu_ps(p.biases + g * PANEL + v * LANES), sum, to[t][v]);
            }
        }
    }
    const char *codes = p.codes;
    for (unsigned long b = 0, blocks = group / BLOCK; b < (unsigned long) cols / BLOCK; p.scales += PANEL) {
        for (unsigned long end = b + blocks; b < end; b++, codes += STEPS * WIDE * LINE) {
            outer_block(tokens, codes, p.scales, token, b / 4 * CHUNK + b % 4 * QUAD, at.scales + 4 * b, sums[b % 4]);
        }
    }
    for (int t = 0; t < tokens; t++) {
        for (int v = 0; v < WIDE; v++) {
            __m512 sum = _mm512_add_ps(
                _mm512_add_ps(sums[0][t][v], sums[2][t][v]), _mm512_add_ps(sums[1][t][v], sums[3][t][v]));
            long left = count - v * LANES;
            __mmask16 mask = left >= LANES ? 0xFFFF : left <= 0 ? 0 : 0xFFFF >> (LANES - left);
            _mm512_mask_storeu_ps(y + t * y_pitch + v * LINE, mask, sum);
        }
    }
}

#endif
