/* The one call of the products. One call does the rows of one piece of a thread's work. */
#include "tier.h"

EXPORT void sluice_multiply(long form, const char *w, long cols, long group, long scale_type, const char *scales,
    const char *biases, const char *x, long x_pitch, long tokens, char *y, long y_pitch, long from, long to, char *scratch,
    long scratch_bytes) {
    struct product p = {form, w, cols, group, scale_type, scales, biases, x, x_pitch, tokens, y, y_pitch, from, to, scratch,
        scratch_bytes};
    if (form >= INT8) {
        int8_multiply(&p);
    } else {
        bf16_multiply(&p);
    }
}
