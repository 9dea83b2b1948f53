package bptt.math;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as text. */
public final class Numbers {
    private Numbers() {}

    /**
     * {@link String#format(String, Object...)} with a point for the decimal separator, wherever it runs.
     *
     * @param format as there
     * @param values as there
     * @return text
     */
    public static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    /**
     * A number with so many significant digits, plain between 1e-3 and 1e6 and with an exponent beyond. It rounds the
     * exact value of the double, so it does not depend on how a JDK prints doubles.
     *
     * @param v any double
     * @param digits significant digits
     * @return text
     */
    public static String text(double v, int digits) {
        if (!Double.isFinite(v)) {
            return Double.toString(v);
        }
        if (v == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(v).round(new MathContext(digits)).stripTrailingZeros();
        int exponent = rounded.precision() - rounded.scale() - 1;
        return exponent >= -3 && exponent < 6
                ? rounded.toPlainString()
                : rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
    }
}
