/*
 * Products of affine codes with activations in 8 bits, by vpdpbusd. Blocks of 32 columns are summed exactly, in 32 bits.
 *
 * The order of a sum in f32 depends on columns and group only, not on tokens, rows or calls. There are four sums for a row
 * and a token. Sum J takes the groups with G / 4 mod 4 = J, ascending: bias times the group's activations as rounded; then
 * the blocks with B mod 4 = J, ascending: dot product times (scale of weights times scale of activations). In the end
 * (sum 0 + sum 2) + (sum 1 + sum 3).
 */
#include "outer.h"

/* Bytes of tokens that the rows pass over: half of a 1 MiB L2. */
enum { TOKEN_BYTES = 512 * 1024 };

static char *aligned(char *at) {
    return (char *) (((uintptr_t) at + LINE - 1) / LINE * LINE);
}

FOR_INT8 void quantize(const struct product *p, int wide, long first, long count, char *to, struct places at) {
    for (long t = 0; t < count; t++) {
        const float *x = (const float *) (p->x + (first + t) * p->x_pitch);
        if (p->form == INT8 + AFFINE_4) {
            quantize_token(1, wide, x, p->cols, p->group, to + t * at.pitch, at);
        } else {
            quantize_token(0, wide, x, p->cols, p->group, to + t * at.pitch, at);
        }
    }
}

/* Four rows at a time, a quarter of the rows apart: several long streams keep memory busy, short ones end too soon. */
FOR_INT8 void few_rows(const int bits, const int tokens, const struct product *p) {
    long groups = p->cols / p->group, row_bytes = p->cols * bits / 8, strips = (groups + STRIP - 1) / STRIP * STRIP;
    struct places at = places_of(p->cols, groups, 1);
    char *x = aligned(p->scratch);
    float *biases = (float *) (x + tokens * at.pitch), *scales = biases + 4 * strips;
    quantize(p, 1, 0, tokens, x, at);
    long apart = (p->to - p->from + ROWS - 1) / ROWS;
    for (long r = p->from; r < p->from + apart; r++) {
        struct rows rows = {{0}, scales, biases};
        long row[ROWS];
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            /* rows behind the last one are the last one once more */
            row[i] = min(r + i * apart, p->to - 1);
            rows.w[i] = p->w + row[i] * row_bytes;
        }
        spread_scales(p->scale_type, p->scales, row, p->group, groups, scales);
        turn_biases(p->scale_type, p->biases, row, groups, biases);
        __m128 sums[FEW];
        dot_rows(bits, tokens, &rows, p->cols, p->group, x, at, sums);
#pragma GCC unroll 4
        for (int t = 0; t < tokens; t++) {
            float of_rows[ROWS];
            _mm_storeu_ps(of_rows, sums[t]);
#pragma GCC unroll 4
            for (int i = 0; i < ROWS; i++) {
                ((float *) (p->y + t * p->y_pitch))[row[i]] = of_rows[i];
            }
        }
    }
}

INT8_TARGET static void few(const int bits, const struct product *p) {
    switch (p->tokens) {
        case 1: bits == 4 ? few_rows(4, 1, p) : few_rows(8, 1, p); break;
        case 2: bits == 4 ? few_rows(4, 2, p) : few_rows(8, 2, p); break;
        case 3: bits == 4 ? few_rows(4, 3, p) : few_rows(8, 3, p); break;
        default: bits == 4 ? few_rows(4, 4, p) : few_rows(8, 4, p);
    }
}

FOR_INT8 void pack(const struct product *p, long r, long count, struct panel to) {
    long bits = p->form - INT8, groups = p->cols / p->group, row_scales = groups * scale_bytes(p->scale_type);
    for (int v = 0; v < WIDE; v++) {
        const char *codes[LANES], *scales[LANES], *biases[LANES];
        for (int i = 0; i < LANES; i++) {
            long row = r + min(v * LANES + i, count - 1);
            codes[i] = p->w + row * p->cols * bits / 8;
            scales[i] = p->scales + row * row_scales;
            biases[i] = p->biases + row * row_scales;
        }
        if (bits == 4) {
            pack_codes(4, codes, p->cols, to.codes + v * LINE);
        } else {
            pack_codes(8, codes, p->cols, to.codes + v * LINE);
        }
        pack_scales(p->scale_type, scales, groups, to.scales + v * LANES);
        pack_scales(p->scale_type, biases, groups, to.biases + v * LANES);
    }
}

INT8_TARGET static void many(const struct product *p) {
    long groups = p->cols / p->group, chunks = (p->cols + CHUNK - 1) / CHUNK;
    struct places at = places_of(p->cols, groups, 0);
    struct panel panel;
    panel.codes = aligned(p->scratch);
    panel.scales = (float *) (panel.codes + chunks * CHUNK * PANEL);
    panel.biases = panel.scales + groups * PANEL;
    char *x = (char *) (panel.biases + groups * PANEL);
    long room = min(p->scratch + p->scratch_bytes - x, TOKEN_BYTES) / at.pitch;
    for (long first = 0; first < p->tokens; first += room) {
        long now = min(room, p->tokens - first);
        quantize(p, 0, first, now, x, at);
        for (long r = p->from; r < p->to; r += PANEL) {
            long count = min(PANEL, p->to - r), tokens;
            pack(p, r, count, panel);
            for (long t = 0; t < now; t += tokens) {
                const char *from = x + t * at.pitch;
                char *y = p->y + (first + t) * p->y_pitch + r * (long) sizeof(float);
                if (now - t >= TILE) {
                    tokens = TILE;
                    outer_tile(TILE, panel, p->cols, p->group, from, at, y, p->y_pitch, count);
                } else if (now - t >= 4) {
                    tokens = 4;
                    outer_tile(4, panel, p->cols, p->group, from, at, y, p->y_pitch, count);
                } else if (now - t >= 2) {
                    tokens = 2;
                    outer_tile(2, panel, p->cols, p->group, from, at, y, p->y_pitch, count);
                } else {
                    tokens = 1;
                    outer_tile(1, panel, p->cols, p->group, from, at, y, p->y_pitch, count);
                }
            }
        }
    }
}

void int8_multiply(const struct product *p) {
    if (p->from >= p->to || p->tokens <= 0) {
        return;
    }
    if (p->tokens <= FEW) {
        few((int) (p->form - INT8), p);
    } else {
        many(p);
    }
}
