/** Every exception Sluice throws on purpose. Lives in the models module so that readers and engine share one hierarchy. */
@NullMarked
package dev.sluice.error;

import org.jspecify.annotations.NullMarked;
