package live.teavm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;

class SubstitutesTest {
    private static void assertRounded(double a, double b, double c) {
        assertEquals(Math.fma(a, b, c), Substitutes.roundedOnce(a, b, c), () -> a + " · " + b + " + " + c);
    }

    @Test
    void roundsOnce() {
        Random random = new Random(1);
        DoubleSupplier any = () -> Math.scalb(2 * random.nextDouble() - 1, random.nextInt(60) - 30);
        for (int i = 0; i < 500_000; i++) {
            assertRounded(any.getAsDouble(), any.getAsDouble(), any.getAsDouble());
        }
    }

    /** Few digits, so that the sum lies on or beside the middle between two doubles. */
    @Test
    void roundsTies() {
        Random random = new Random(2);
        for (int i = 0; i < 500_000; i++) {
            double a = (1L << 52) + random.nextInt(16), b = 1 + Math.scalb(random.nextInt(16), -52);
            double c = Math.scalb(random.nextInt(64) - 32, -random.nextInt(110));
            assertRounded(a, b, c);
            assertRounded(a, -b, c);
        }
    }

    @Test
    void cancels() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            double a = random.nextDouble(), b = random.nextDouble();
            assertRounded(a, b, -a * b);
            assertRounded(a, b, Math.nextUp(-a * b));
        }
    }

    @Test
    void roundsAmongTheSmallestNumbers() {
        Random random = new Random(4);
        for (int i = 0; i < 500_000; i++) {
            double a = Math.scalb(2 * random.nextDouble() - 1, -random.nextInt(600));
            double b = Math.scalb(2 * random.nextDouble() - 1, -random.nextInt(600));
            double c = Math.scalb(2 * random.nextDouble() - 1, -980 - random.nextInt(100));
            assertRounded(a, b, c);
            assertRounded(Math.scalb(random.nextInt(9), -530), Math.scalb(random.nextInt(9), -545), c);
        }
    }

    @Test
    void reachesTheEndsOfTheRange() {
        double[] values = {
            0,
            -0.0,
            1,
            3,
            Double.MIN_VALUE,
            1e-320,
            1e-310,
            3e-308,
            1e-260,
            1e-200,
            1e-160,
            1e-120,
            1e160,
            1e200,
            1e300,
            Double.MAX_VALUE,
            Double.POSITIVE_INFINITY,
            Double.NaN
        };
        for (double a : values) {
            for (double b : values) {
                for (double c : values) {
                    assertRounded(a, b, c);
                    assertRounded(-a, b, c);
                    assertRounded(a / 3, b / 7, -c);
                }
            }
        }
    }
}
