package dev.sluice.text.template;

/**
 * A template variable whose text counts as written by the template, so that control tokens in it are control tokens:
 * {@code bos_token}, {@code eos_token}. Every other string given to a template is content.
 *
 * @param text the text
 */
public record TrustedText(String text) {}
