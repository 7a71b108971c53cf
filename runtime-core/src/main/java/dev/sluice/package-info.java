/**
 * The public API: open a runtime, load a model, stream an answer. Stable; everything else may change.
 *
 * <p>{@link dev.sluice.Sluice} owns the threads, {@link dev.sluice.Model} a model's memory, {@link dev.sluice.Chat} a
 * conversation's, {@link dev.sluice.Generation} an answer in progress. Closing the outer one closes the inner ones;
 * whatever is used after that throws a {@link dev.sluice.error.ModelBrokenException}.
 */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
