/**
 * The Jinja subset that chat templates are written in: lexer, parser, tree interpreter, and the provenance of every
 * rendered character. Knows no chat, no tokens and no files; values are data only, so that a template can reach nothing
 * of the host.
 */
@NullMarked
package dev.sluice.text.template;

import org.jspecify.annotations.NullMarked;
