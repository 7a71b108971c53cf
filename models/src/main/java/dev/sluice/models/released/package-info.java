/** What released models look like on disk: sizes, configuration files, tensor lists. No weights, no reading of files. */
@NullMarked
package dev.sluice.models.released;

import org.jspecify.annotations.NullMarked;
