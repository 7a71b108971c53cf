/** One file a model family: reads its configuration, names its tensors, hides its checkpoint oddities. */
@NullMarked
package dev.sluice.models.family;

import org.jspecify.annotations.NullMarked;
