package live.teavm;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.teavm.jso.JSBody;

/**
 * What TeaVM 0.16 does not have, or does not compute as Java specifies. A method of another class that is listed in
 * {@link Plugin} is replaced by the one of its name here, the object that it is called on as the first argument.
 * {@link Order} leaves this class alone: no sum is on the right of a +, and no product on the right of a ·.
 */
public final class Substitutes {
    private static boolean roundOnce;

    private Substitutes() {}

    /**
     * Chooses between the two ways of {@link #fma}.
     *
     * @param once whether to round once, as Java specifies it
     */
    public static void roundOnce(boolean once) {
        roundOnce = once;
    }

    /** a·b + c. JavaScript has no instruction for it, and rounding it once takes ten times as long as twice. */
    public static double fma(double a, double b, double c) {
        return roundOnce ? roundedOnce(a, b, c) : c + a * b;
    }

    /**
     * a·b + c, rounded once. The error of the product is Dekker's, that of the sum Knuth's; what is left is to add
     * three numbers and round once. A second rounding does harm only where the sum of the two small ones makes a tie
     * (Boldo and Melquiond 2008), and there the sign of what it lost decides.
     */
    static double roundedOnce(double a, double b, double c) {
        if (a == 0 || b == 0 || !Double.isFinite(a) || !Double.isFinite(b)) {
            return a * b + c;
        }
        if (!Double.isFinite(c)) {
            return c;
        }
        double p = a * b, size = Math.abs(p);
        if (c == 0) {
            return p;
        }
        if (size < 1e-250) {
            if (Math.abs(c) > 1e-200) {
                return c;
            }
            return Math.abs(a) < Math.abs(b) ? small(a, b, c) : small(b, a, c);
        }
        if (!(size < 1e290) || Math.abs(a) > 1e290 || Math.abs(b) > 1e290 || Math.abs(c) > 1e290) {
            return slowly(a, b, c); // a part of Dekker's or Knuth's would underflow or overflow
        }
        double t = a * 0x8000001p0, a1 = t - (t - a), a2 = a - a1;
        t = b * 0x8000001p0;
        double b1 = t - (t - b), b2 = b - b1;
        double e = a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2); // a b = p + e
        double s = p + c, z = s - p, d = (c - z) - ((s - z) - p); // p + c = s + d
        double v = d + e, w = v - d, lost = (e - w) - ((v - w) - d); // d + e = v + lost
        double r = s + v;
        if (lost != 0) {
            double half = v - (r - s);
            if (half != 0 && (r + 2 * half) - r == 2 * half && lost > 0 == half > 0) {
                return r + 2 * half;
            }
        }
        return r;
    }

    /**
     * The same where the result may be below the smallest normal number, which is rounded to a multiple of 2^−1074:
     * scaled by 2^600, and if need be beside a number whose last bit is 2^−474.
     */
    private static double small(double a, double b, double c) {
        double large = roundedOnce(a * 0x1p600, b, c * 0x1p600);
        if (Math.abs(large) >= 0x1p-422) {
            return large * 0x1p-600;
        }
        if (Math.abs(c) >= 0x1p-1022) {
            return slowly(a, b, c);
        }
        double beside = Math.copySign(0x1p-422, large);
        double rounded = roundedOnce(a * 0x1p600, b, c * 0x1p600 + beside) - beside;
        return (rounded == 0 ? large : rounded) * 0x1p-600;
    }

    private static double slowly(double a, double b, double c) {
        return new BigDecimal(a)
                .multiply(new BigDecimal(b))
                .add(new BigDecimal(c))
                .doubleValue();
    }

    /** TeaVM's is (e^x − e^−x)/(e^x + e^−x), which loses digits near 0 and is NaN from 710 on. */
    @JSBody(params = "x", script = "return Math.tanh(x);")
    public static native double tanh(double x);

    /** As for {@link #tanh}. */
    @JSBody(params = "x", script = "return Math.sinh(x);")
    public static native double sinh(double x);

    /** As for {@link #tanh}. */
    @JSBody(params = "x", script = "return Math.cosh(x);")
    public static native double cosh(double x);

    /** TeaVM's rounds halves up. */
    public static double rint(double x) {
        double floor = Math.floor(x), rest = x - floor;
        return rest < 0.5 || rest == 0.5 && floor % 2 == 0 ? floor : Math.ceil(x);
    }

    /** TeaVM's is log x/log 10. */
    @JSBody(params = "x", script = "return Math.log10(x);")
    public static native double log10(double x);

    /** TeaVM's squares. This one may differ from Java's in the last bit, as the only one of these. */
    @JSBody(
            params = {"x", "y"},
            script = "return Math.hypot(x, y);")
    public static native double hypot(double x, double y);

    /** Java specifies which bits are taken; TeaVM takes others. */
    public static boolean nextBoolean(Random random) {
        return random.nextInt() < 0;
    }

    /** As for {@link #nextBoolean}. */
    public static int nextInt(Random random, int bound) {
        if (bound <= 0) {
            throw new IllegalArgumentException("bound must be positive");
        }
        int bits = random.nextInt() >>> 1;
        if ((bound & (bound - 1)) == 0) {
            return (int) ((bound * (long) bits) >> 31);
        }
        int value = bits % bound;
        while (bits - value + (bound - 1) < 0) {
            bits = random.nextInt() >>> 1;
            value = bits % bound;
        }
        return value;
    }

    /** There is one thread. */
    public static IntStream parallel(IntStream stream) {
        return stream;
    }

    /** There is one thread. */
    public static boolean useConcurrent(Object matrix) {
        return false;
    }

    /** There is one thread. */
    public static int availableProcessors(Runtime runtime) {
        return 1;
    }

    /** A page does not say; a refusal comes from the limits of its fields. */
    public static long maxMemory(Runtime runtime) {
        return Long.MAX_VALUE;
    }

    /** There are no modules, so there is no Vector API. */
    public static Object boot() {
        return null;
    }

    /** None. */
    public static Optional<Object> findModule(Object layer, String name) {
        return Optional.empty();
    }
}
