/** Readers of foreign files: safetensors, shard indexes, JSON. Everything here treats its input as hostile. */
@NullMarked
package dev.sluice.models.checkpoint;

import org.jspecify.annotations.NullMarked;
