/** Text in and out of token ids: tokenizer, streaming decoder, chat templates, reasoning. No model. */
@NullMarked
package dev.sluice.text;

import org.jspecify.annotations.NullMarked;
