package dev.sluice.text.template;

/**
 * What a missing name, attribute or element evaluates to: prints as nothing, is false, and is an error as soon as anything is
 * done with it.
 *
 * @param message the error
 */
record Undefined(String message) implements Value {

    static Undefined name(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Value owner, String name) {
        return new Undefined(Value.described(owner) + " has no attribute '" + name + "'");
    }

    static Undefined unsafe(Value owner, String name) {
        return new Undefined("access to attribute '" + name + "' of '" + Value.type(owner) + "' object is unsafe");
    }

    TemplateException failure() {
        return TemplateException.evaluation(message);
    }
}
