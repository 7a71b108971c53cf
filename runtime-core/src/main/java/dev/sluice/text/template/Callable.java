package dev.sluice.text.template;

/** A macro, a method bound to its value, or a function of the environment. */
@FunctionalInterface
non-sealed interface Callable extends Value {

    Value call(Arguments arguments);
}
