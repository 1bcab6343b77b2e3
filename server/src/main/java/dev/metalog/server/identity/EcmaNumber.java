package dev.metalog.server.identity;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A double as ECMAScript prints it (ECMA-262, Number::toString, radix 10), which is what RFC 8785 asks for: the fewest
 * digits that still read back as the same double, and among those the nearest; plain notation from 1e-6 up to 1e21.
 *
 * <p>{@link Double#toString} cannot be used: before Java 19 it sometimes prints a digit too many. So the digits are found
 * from the exact decimal value of the double: for each length, the two neighbours of that length are tried. Slow (some
 * microseconds) and obviously right; the public topics carry few fractions.
 */
final class EcmaNumber {
    private static final int MAX_DIGITS = 17;

    private EcmaNumber() {}

    /** @param value finite */
    static String text(double value) {
        if (value == 0) {
            return "0";
        }
        String sign = value < 0 ? "-" : "";
        BigDecimal shortest = shortest(Math.abs(value)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int pointAt = digits.length() - shortest.scale();
        return sign + layOut(digits, pointAt);
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int length = 1; length < MAX_DIGITS; length++) {
            BigDecimal below = exact.round(new MathContext(length, RoundingMode.DOWN));
            BigDecimal above = exact.round(new MathContext(length, RoundingMode.UP));
            boolean belowReads = below.doubleValue() == value;
            boolean aboveReads = above.doubleValue() == value;
            if (belowReads && aboveReads) {
                return nearer(below, above, exact);
            }
            if (belowReads || aboveReads) {
                return belowReads ? below : above;
            }
        }
        return exact.round(new MathContext(MAX_DIGITS, RoundingMode.HALF_EVEN));
    }

    private static BigDecimal nearer(BigDecimal below, BigDecimal above, BigDecimal exact) {
        int order = exact.subtract(below).compareTo(above.subtract(exact));
        if (order == 0) {
            return below.unscaledValue().testBit(0) ? above : below;
        }
        return order < 0 ? below : above;
    }

    /** The value is 0.digits times ten to the power of pointAt. */
    private static String layOut(String digits, int pointAt) {
        int count = digits.length();
        if (pointAt > 21 || pointAt <= -6) {
            int exponent = pointAt - 1;
            String fraction = count == 1 ? "" : "." + digits.substring(1);
            return digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + Math.abs(exponent);
        }
        if (pointAt <= 0) {
            return "0." + "0".repeat(-pointAt) + digits;
        }
        if (pointAt >= count) {
            return digits + "0".repeat(pointAt - count);
        }
        return digits.substring(0, pointAt) + "." + digits.substring(pointAt);
    }
}
