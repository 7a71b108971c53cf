/*
 * Sums of a few rows with a few tokens, all in registers. Whatever the tile, a (row, token) has the same order: lane l
 * takes the column pairs (2l, 2l + 1) of each 32 columns, ascending; then the lanes are added by halves.
 */
#ifndef SLUICE_TILE_H
#define SLUICE_TILE_H

#include "unpack.h"

enum { ROWS = 4, DENSE_TOKENS = 6, BLOCK_TOKENS = 3 };

/* Rows of BF16 at W, PITCH bytes apart, and tokens at X, X_PITCH bytes apart; COLS of them, with zeros behind in X. */
struct panel {
    const char *w;
    long pitch;
    const char *x;
    long x_pitch;
    long cols;
};

/* Scales of blocks of BLOCK columns: row r's are at SCALES[r]. Biases and sums of activations: null without biases. */
struct blocks {
    long block;
    long count;
    const float *scales[ROWS];
    const float *biases[ROWS];
    const float *sums;
    long sums_pitch;
};

FOR_BF16 float total(__m512 v) {
    __m256 a = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
    __m128 b = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    __m128 c = _mm_add_ps(b, _mm_movehl_ps(b, b));
    return _mm_cvtss_f32(_mm_add_ss(c, _mm_movehdup_ps(c)));
}

/* The same tree as total, of four vectors at once: a fifth of the work. */
FOR_BF16 __m128 total4(__m512 v0, __m512 v1, __m512 v2, __m512 v3) {
    __m128 q0 = quarter(v0), q1 = quarter(v1), q2 = quarter(v2), q3 = quarter(v3);
    __m128 a = _mm_add_ps(_mm_movelh_ps(q0, q1), _mm_movehl_ps(q1, q0));
    __m128 b = _mm_add_ps(_mm_movelh_ps(q2, q3), _mm_movehl_ps(q3, q2));
    return _mm_add_ps(_mm_shuffle_ps(a, b, 0x88), _mm_shuffle_ps(a, b, 0xDD));
}

FOR_BF16 void finish(const int rows, const int tokens, __m512 sums[ROWS][DENSE_TOKENS], float *y, long y_pitch) {
#pragma GCC unroll 8
    for (int t = 0; t < tokens; t++) {
        float *to = (float *) ((char *) y + t * y_pitch);
        if (rows == ROWS) {
            _mm_storeu_ps(to, total4(sums[0][t], sums[1][t], sums[2][t], sums[3][t]));
        } else {
#pragma GCC unroll 4
            for (int r = 0; r < rows; r++) {
                to[r] = total(sums[r][t]);
            }
        }
    }
}

/* 32 columns at K of every row and token; those that MASK leaves out are neither read nor counted. */
FOR_BF16 void step(const int rows, const int tokens, const int masked, struct panel p, long k, __mmask32 mask,
    __m512 sums[ROWS][DENSE_TOKENS]) {
    __m512bh w[ROWS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
        const char *at = p.w + r * p.pitch + 2 * k;
        w[r] = masked ? (__m512bh) _mm512_maskz_loadu_epi16(mask, at) : load(at);
    }
#pragma GCC unroll 8
    for (int t = 0; t < tokens; t++) {
        __m512bh x = load(p.x + t * p.x_pitch + 2 * k);
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            sums[r][t] = _mm512_dpbf16_ps(sums[r][t], w[r], x);
        }
    }
}

FOR_BF16 void dense_tile(const int rows, const int tokens, struct panel p, float *y, long y_pitch) {
    __m512 sums[ROWS][DENSE_TOKENS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            sums[r][t] = _mm512_setzero_ps();
        }
    }
    long k = 0;
    for (; k + PAIRS <= p.cols; k += PAIRS) {
        step(rows, tokens, 0, p, k, 0, sums);
    }
    if (k < p.cols) {
        step(rows, tokens, 1, p, k, ~0U >> (PAIRS - (p.cols - k)), sums);
    }
    finish(rows, tokens, sums, y, y_pitch);
}

/* The panel holds zeros behind its columns. A block is summed by itself, scaled, and added. */
FOR_BF16 void block_tile(
    const int rows, const int tokens, struct panel p, const struct blocks *b, float *y, long y_pitch) {
    __m512 sums[ROWS][DENSE_TOKENS];
#pragma GCC unroll 4
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
        for (int t = 0; t < tokens; t++) {
            sums[r][t] = _mm512_setzero_ps();
            if (b->sums) {
                const float *of_token = (const float *) ((const char *) b->sums + t * b->sums_pitch);
                for (long i = 0; i < b->count; i += LANES) {
                    sums[r][t] = _mm512_fmadd_ps(
                        _mm512_loadu_ps(b->biases[r] + i), _mm512_loadu_ps(of_token + i), sums[r][t]);
                }
            }
        }
    }
    for (long i = 0, k = 0; i < b->count; i++) {
        __m512 of_block[ROWS][DENSE_TOKENS];
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                of_block[r][t] = _mm512_setzero_ps();
            }
        }
        long end = k + b->block < p.cols ? k + b->block : p.cols;
        for (; k < end; k += PAIRS) {
            step(rows, tokens, 0, p, k, 0, of_block);
        }
#pragma GCC unroll 4
        for (int r = 0; r < rows; r++) {
            __m512 scale = _mm512_set1_ps(b->scales[r][i]);
#pragma GCC unroll 8
            for (int t = 0; t < tokens; t++) {
                sums[r][t] = _mm512_fmadd_ps(scale, of_block[r][t], sums[r][t]);
            }
        }
    }
    finish(rows, tokens, sums, y, y_pitch);
}

#endif
