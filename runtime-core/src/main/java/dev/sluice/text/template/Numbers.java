package dev.sluice.text.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** Python's arithmetic on numbers, within 64-bit integers: what would leave them is an error, not a wrong digit. */
final class Numbers {
    /** Largest integer whose quotients, computed in doubles, round like Python's. */
    private static final long EXACT = 1L << 53;

    private Numbers() {}

    static Value arithmetic(String operator, Value left, Value right) {
        Value a = number(left);
        Value b = number(right);
        try {
            return a instanceof Value.Int x && b instanceof Value.Int y
                    ? integers(operator, x.value(), y.value())
                    : new Value.Real(reals(operator, real(a), real(b)));
        } catch (ArithmeticException e) {
            throw TemplateException.evaluation("'" + operator + "': the result is no 64-bit integer");
        }
    }

    private static Value integers(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Value.of(Math.addExact(a, b));
            case "-" -> Value.of(Math.subtractExact(a, b));
            case "*" -> Value.of(Math.multiplyExact(a, b));
            case "/" -> {
                checkDivisor(b);
                if (Math.abs(a) > EXACT || Math.abs(b) > EXACT) {
                    throw new ArithmeticException();
                }
                yield new Value.Real((double) a / b);
            }
            case "//" -> {
                checkDivisor(b);
                yield Value.of(Math.floorDivExact(a, b));
            }
            case "%" -> {
                checkDivisor(b);
                yield Value.of(Math.floorMod(a, b));
            }
            case "**" -> power(a, b);
            default -> throw new IllegalStateException("no operator: " + operator);
        };
    }

    private static Value power(long a, long b) {
        if (b < 0) {
            checkDivisor(a);
            return new Value.Real(Math.pow((double) a, (double) b));
        }
        if (Math.abs(a) > 1 && b >= Long.SIZE) {
            throw new ArithmeticException();
        }
        int exponent = (int) (Math.abs(a) > 1 ? b : b % 2 == 0 && b > 0 ? 2 : Math.min(b, 1));
        return Value.of(BigInteger.valueOf(a).pow(exponent).longValueExact());
    }

    private static double reals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / divisor(b);
            case "//" -> floorDivide(a, divisor(b));
            case "%" -> floorRemainder(a, divisor(b));
            case "**" -> power(a, b);
            default -> throw new IllegalStateException("no operator: " + operator);
        };
    }

    /** As CPython: from the remainder, so that {@code a == (a // b) * b + a % b} up to rounding. */
    private static double floorDivide(double a, double b) {
        double remainder = a % b;
        double quotient = (a - remainder) / b;
        if (remainder != 0 && (b < 0) != (remainder < 0)) {
            quotient -= 1;
        }
        double floor = Math.floor(quotient);
        return quotient == 0 ? Math.copySign(0.0, a / b) : quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double floorRemainder(double a, double b) {
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0.0, b);
        }
        return (b < 0) == (remainder < 0) ? remainder : remainder + b;
    }

    private static double power(double a, double b) {
        double result = Math.pow(a, b);
        boolean finite = Double.isFinite(a) && Double.isFinite(b);
        if (finite && !Double.isFinite(result)) {
            throw TemplateException.evaluation("'**': the result is no finite number");
        }
        return result;
    }

    private static void checkDivisor(long value) {
        if (value == 0) {
            throw TemplateException.evaluation("division by zero");
        }
    }

    private static double divisor(double value) {
        if (value == 0) {
            throw TemplateException.evaluation("division by zero");
        }
        return value;
    }

    static Value negate(Value value) {
        Value number = number(value);
        return number instanceof Value.Int integer
                ? arithmetic("-", Value.of(0), integer)
                : new Value.Real(-real(number));
    }

    /** {@code value} as an integer or real; Python counts booleans as 0 and 1. */
    static Value number(Value value) {
        return switch (value) {
            case Value.Bool bool -> Value.of(bool.value() ? 1 : 0);
            case Value.Int integer -> integer;
            case Value.Real real -> real;
            case Value.BigInt big ->
                throw TemplateException.evaluation("integers beyond 64 bits can be printed but not computed with");
            case Undefined undefined -> throw undefined.failure();
            default -> throw TemplateException.evaluation("a number is needed, found " + Value.type(value));
        };
    }

    static double real(Value value) {
        return switch (number(value)) {
            case Value.Int integer -> integer.value();
            case Value.Real real -> real.value();
            default -> throw new IllegalStateException("number() returns no other");
        };
    }

    /** Filter {@code round}. */
    static Value round(Value value, long precision, String method) {
        Value number = number(value);
        if (Math.abs(precision) > 300) {
            throw TemplateException.evaluation("round: the precision must be within 300 digits, found " + precision);
        }
        if (!method.equals("common")) {
            double scale = Math.pow(10, (double) precision);
            double scaled = real(number) * scale;
            // + 0.0: Python rounds to an integer first, which has no negative zero
            return switch (method) {
                case "ceil" -> new Value.Real(Math.ceil(scaled) / scale + 0.0);
                case "floor" -> new Value.Real(Math.floor(scaled) / scale + 0.0);
                default -> throw TemplateException.evaluation("round: method must be common, ceil or floor");
            };
        }
        if (number instanceof Value.Int integer && precision >= 0) {
            return integer;
        }
        if (number instanceof Value.Int integer) {
            BigDecimal rounded = BigDecimal.valueOf(integer.value()).setScale((int) precision, RoundingMode.HALF_EVEN);
            return Value.of(rounded.toBigInteger());
        }
        double real = real(number);
        if (!Double.isFinite(real)) {
            return number;
        }
        BigDecimal rounded = new BigDecimal(real).setScale((int) precision, RoundingMode.HALF_EVEN);
        return new Value.Real(Math.copySign(rounded.doubleValue(), real));
    }

    static Value absolute(Value value) {
        Value number = number(value);
        boolean negative =
                number instanceof Value.Int integer ? integer.value() < 0 : Math.copySign(1, real(number)) < 0;
        return negative ? negate(number) : number;
    }
}
