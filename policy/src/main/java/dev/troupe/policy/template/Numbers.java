package dev.troupe.policy.template;

import dev.troupe.policy.template.Expression.Operator;
import java.math.BigDecimal;

/** Python's arithmetic on 64-bit integers and floats; overflow is an error, since Python would go on. */
final class Numbers {
    private Numbers() {}

    /** As in Python, a boolean is a number. */
    static boolean isNumber(Value value) {
        return value instanceof Value.Int || value instanceof Value.Real || value instanceof Value.Bool;
    }

    private static double real(Value value) {
        return value instanceof Value.Real(double real) ? real : integer(value);
    }

    private static long integer(Value value) {
        return switch (value) {
            case Value.Int(long number) -> number;
            case Value.Bool(boolean bool) -> bool ? 1 : 0;
            default -> throw new EvaluationException("expected a number, found " + value.kind());
        };
    }

    static int compare(Value left, Value right) {
        return left instanceof Value.Real || right instanceof Value.Real
                ? Double.compare(real(left) + 0.0, real(right) + 0.0)
                : Long.compare(integer(left), integer(right));
    }

    static Value negative(Value value) {
        if (value instanceof Value.Real(double real)) {
            return new Value.Real(-real);
        }
        return compute(Operator.SUBTRACT, new Value.Int(0), value);
    }

    static Value compute(Operator operator, Value left, Value right) {
        try {
            return left instanceof Value.Real || right instanceof Value.Real || operator == Operator.DIVIDE
                    ? new Value.Real(compute(operator, real(left), real(right)))
                    : new Value.Int(compute(operator, integer(left), integer(right)));
        } catch (ArithmeticException e) {
            throw new EvaluationException("cannot compute with '" + operator.symbol() + "': " + e.getMessage());
        }
    }

    private static long compute(Operator operator, long left, long right) {
        return switch (operator) {
            case ADD -> Math.addExact(left, right);
            case SUBTRACT -> Math.subtractExact(left, right);
            case MULTIPLY -> Math.multiplyExact(left, right);
            case FLOOR_DIVIDE -> Math.floorDivExact(left, right);
            case MODULO -> Math.floorMod(left, right);
            case DIVIDE, CONCATENATE -> throw new IllegalStateException("not for integers: " + operator);
        };
    }

    private static double compute(Operator operator, double left, double right) {
        if (right == 0 && operator != Operator.ADD && operator != Operator.SUBTRACT && operator != Operator.MULTIPLY) {
            throw new ArithmeticException("/ by zero");
        }
        return switch (operator) {
            case ADD -> left + right;
            case SUBTRACT -> left - right;
            case MULTIPLY -> left * right;
            case DIVIDE -> left / right;
            case FLOOR_DIVIDE -> Math.floor(left / right);
            case MODULO -> left - right * Math.floor(left / right);
            case CONCATENATE -> throw new IllegalStateException("not for numbers: " + operator);
        };
    }

    /** Python's repr: the shortest digits that give the number back, with an exponent from 1e16 on and below 1e-4. */
    static String format(double number) {
        if (Double.isNaN(number)) {
            return "nan";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size == 0 || (size >= 1e-4 && size < 1e16)) {
            String plain =
                    new BigDecimal(Double.toString(number)).stripTrailingZeros().toPlainString();
            return size == 0 ? Double.toString(number) : plain.contains(".") ? plain : plain + ".0";
        }
        var digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        String unscaled = digits.unscaledValue().abs().toString();
        int exponent = unscaled.length() - 1 - digits.scale();
        String fraction = unscaled.length() > 1 ? "." + unscaled.substring(1) : "";
        return (number < 0 ? "-" : "") + unscaled.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+")
                + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
