package dev.sluice.text.template;

import java.math.BigInteger;

/**
 * What a template computes with. The types are those of JSON plus the few that Jinja adds; none refers to a Java object of
 * the host, which is the sandbox.
 */
sealed interface Value permits Text, Sequence, Dict, Generator, Undefined, Namespace, Loop, Callable, Value.Scalar {

    /** Values without parts, other than text. */
    sealed interface Scalar extends Value {}

    /** Python's {@code None}. */
    enum None implements Scalar {
        NONE
    }

    record Bool(boolean value) implements Scalar {}

    record Int(long value) implements Scalar {}

    /** An integer beyond 64 bits, as JSON schemas have: printed and compared, not computed with. */
    record BigInt(BigInteger value) implements Scalar {}

    record Real(double value) implements Scalar {}

    static Value of(boolean value) {
        return new Bool(value);
    }

    static Value of(long value) {
        return new Int(value);
    }

    /** The integer in the narrowest type. */
    static Value of(BigInteger value) {
        return value.bitLength() < Long.SIZE ? new Int(value.longValue()) : new BigInt(value);
    }

    /** Python's {@code bool(value)}. */
    static boolean truth(Value value) {
        return switch (value) {
            case None none -> false;
            case Undefined undefined -> false;
            case Bool bool -> bool.value();
            case Int number -> number.value() != 0;
            case BigInt number -> true;
            case Real number -> number.value() != 0;
            case Text text -> !text.isEmpty();
            case Sequence sequence -> !sequence.items().isEmpty();
            case Dict dict -> !dict.isEmpty();
            case Generator generator -> true;
            case Namespace namespace -> true;
            case Loop loop -> true;
            case Callable callable -> true;
        };
    }

    /** Python's name of the value's type, for messages. */
    static String type(Value value) {
        return switch (value) {
            case None none -> "NoneType";
            case Undefined undefined -> "Undefined";
            case Bool bool -> "bool";
            case Int number -> "int";
            case BigInt number -> "int";
            case Real number -> "float";
            case Text text -> "str";
            case Sequence sequence -> sequence.kind().type;
            case Dict dict -> "dict";
            case Generator generator -> "generator";
            case Namespace namespace -> "Namespace";
            case Loop loop -> "LoopContext";
            case Callable callable -> "function";
        };
    }

    /** Jinja's wording for {@code value} in "... has no attribute". */
    static String described(Value value) {
        return value == None.NONE ? "None" : "'" + type(value) + " object'";
    }
}
