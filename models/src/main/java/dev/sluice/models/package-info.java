/** Architecture and weights of a model as plain records, and the folder they come from. No arithmetic. */
@NullMarked
package dev.sluice.models;

import org.jspecify.annotations.NullMarked;
