/*
 * Products of stored weights with activations rounded to BF16, summed in f32 by vdpbf16ps. One call does the rows of one
 * thread; the order of a sum (tile.h) does not depend on tokens, rows or calls.
 */
#include "tile.h"

/* Bytes of activations of a block of tokens: half of a 1 MiB L2, since the whole block passes once for four rows. */
enum { BLOCK_BYTES = 512 * 1024 };

struct scratch {
    char *panel;
    float *scales;
    float *biases;
    char *x;
    float *sums;
    long pitch;
    long sums_pitch;
    long tokens;
};

/* Rows lie an odd number of cache lines apart: at a multiple of 4 KiB they would share one set of L1. */
static struct scratch layout(int form, long cols, long count, char *at, long bytes) {
    struct scratch s;
    s.pitch = ((cols + 63) / 64 * 2 + 1) * LINE;
    s.sums_pitch = form >= AFFINE_4 ? (count + LANES - 1) / LANES * LINE : 0;
    s.panel = at;
    char *next = at + (form == BF16 ? 0 : ROWS * s.pitch);
    s.scales = (float *) next;
    s.biases = (float *) (next + ROWS * s.sums_pitch);
    s.x = next + 2 * ROWS * s.sums_pitch;
    long left = bytes - (s.x - at);
    s.tokens = min(left, BLOCK_BYTES) / (s.pitch + s.sums_pitch);
    s.sums = (float *) (s.x + s.tokens * s.pitch);
    return s;
}

/* COLS floats rounded to BF16 (to nearest, ties to even; subnormals to zero) and zeros up to a multiple of 64. */
FOR_BF16 void round_token(const float *x, long cols, uint16_t *to) {
    for (long k = 0; k < cols; k += PAIRS) {
        long left = cols - k;
        __mmask16 first = left >= LANES ? 0xFFFF : 0xFFFF >> (LANES - left);
        __mmask16 second = left >= PAIRS ? 0xFFFF : left <= LANES ? 0 : 0xFFFF >> (PAIRS - left);
        __m512bh pairs = _mm512_cvtne2ps_pbh(
            _mm512_maskz_loadu_ps(second, x + k + LANES), _mm512_maskz_loadu_ps(first, x + k));
        _mm512_storeu_si512(to + k, (__m512i) pairs);
    }
}

/* Sums of each group of GROUP rounded activations, and zeros up to a multiple of 16. */
FOR_BF16 void sum_groups(const uint16_t *x, long group, long count, float *to) {
    __m512bh ones = (__m512bh) _mm512_set1_epi16(0x3F80);
    for (long i = 0; i < (count + LANES - 1) / LANES * LANES; i++) {
        __m512 sum = _mm512_setzero_ps();
        for (long k = i * group; i < count && k < (i + 1) * group; k += PAIRS) {
            sum = _mm512_dpbf16_ps(sum, load(x + k), ones);
        }
        to[i] = total(sum);
    }
}

FOR_BF16 void dense_tokens(const int rows, struct panel p, long tokens, float *y, long y_pitch) {
    for (long t = 0; t < tokens; t += DENSE_TOKENS) {
        struct panel q = p;
        q.x += t * p.x_pitch;
        float *to = (float *) ((char *) y + t * y_pitch);
        switch (min(tokens - t, DENSE_TOKENS)) {
            case 1: dense_tile(rows, 1, q, to, y_pitch); break;
            case 2: dense_tile(rows, 2, q, to, y_pitch); break;
            case 3: dense_tile(rows, 3, q, to, y_pitch); break;
            case 4: dense_tile(rows, 4, q, to, y_pitch); break;
            case 5: dense_tile(rows, 5, q, to, y_pitch); break;
            default: dense_tile(rows, 6, q, to, y_pitch);
        }
    }
}

FOR_BF16 void block_tokens(
    const int rows, struct panel p, const struct blocks *blocks, long tokens, float *y, long y_pitch) {
    for (long t = 0; t < tokens; t += BLOCK_TOKENS) {
        struct panel q = p;
        struct blocks b = *blocks;
        q.x += t * p.x_pitch;
        b.sums = b.sums ? (const float *) ((const char *) b.sums + t * b.sums_pitch) : 0;
        float *to = (float *) ((char *) y + t * y_pitch);
        switch (min(tokens - t, BLOCK_TOKENS)) {
            case 1: block_tile(rows, 1, q, &b, to, y_pitch); break;
            case 2: block_tile(rows, 2, q, &b, to, y_pitch); break;
            default: block_tile(rows, 3, q, &b, to, y_pitch);
        }
    }
}

BF16_TARGET void bf16_multiply(const struct product *p) {
    long count = p->form == BF16 ? 0 : (p->cols + p->group - 1) / p->group;
    struct scratch s = layout((int) p->form, p->cols, count, p->scratch, p->scratch_bytes);
    long row_bytes = p->form == BF16 ? 2 * p->cols : p->form == AFFINE_4 ? p->cols / 2 : p->cols;
    long row_scales = count * scale_bytes(p->scale_type);
    for (long t = 0; t < p->tokens; t += s.tokens) {
        long now = min(s.tokens, p->tokens - t);
        for (long i = 0; i < now; i++) {
            uint16_t *rounded = (uint16_t *) (s.x + i * s.pitch);
            round_token((const float *) (p->x + (t + i) * p->x_pitch), p->cols, rounded);
            if (p->form >= AFFINE_4) {
                sum_groups(rounded, p->group, count, (float *) ((char *) s.sums + i * s.sums_pitch));
            }
        }
        long rows;
        for (long r = p->from; r < p->to; r += rows) {
            rows = p->to - r >= ROWS ? ROWS : 1;
            float *out = (float *) (p->y + t * p->y_pitch) + r;
            const char *stored = p->w + r * row_bytes;
            if (p->form == BF16) {
                struct panel panel = {stored, row_bytes, s.x, s.pitch, p->cols};
                if (rows == ROWS) {
                    dense_tokens(ROWS, panel, now, out, p->y_pitch);
                } else {
                    dense_tokens(1, panel, now, out, p->y_pitch);
                }
                continue;
            }
            struct blocks b = {p->group, count, {0}, {0}, p->form >= AFFINE_4 ? s.sums : 0, s.sums_pitch};
            for (long i = 0; i < rows; i++) {
                uint16_t *into = (uint16_t *) (s.panel + i * s.pitch);
                const uint8_t *codes = (const uint8_t *) stored + i * row_bytes;
                if (p->form == FP8_BLOCKS) {
                    unpack_fp8(codes, p->cols, into);
                    b.scales[i] = (const float *) p->scales + (r + i) / p->group * count;
                    continue;
                }
                if (p->form == AFFINE_4) {
                    unpack_4bit(codes, p->cols, into);
                } else {
                    unpack_8bit(codes, p->cols, into);
                }
                float *scale = (float *) ((char *) s.scales + i * s.sums_pitch);
                float *bias = (float *) ((char *) s.biases + i * s.sums_pitch);
                widen(p->scale_type, p->scales + (r + i) * row_scales, count, scale);
                widen(p->scale_type, p->biases + (r + i) * row_scales, count, bias);
                b.scales[i] = scale;
                b.biases[i] = bias;
            }
            struct panel panel = {s.panel, s.pitch, s.x, s.pitch, p->cols};
            if (rows == ROWS) {
                block_tokens(ROWS, panel, &b, now, out, p->y_pitch);
            } else {
                block_tokens(1, panel, &b, now, out, p->y_pitch);
            }
        }
    }
}
