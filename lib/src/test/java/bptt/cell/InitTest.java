package bptt.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import bptt.flow.Norm;
import bptt.flow.Spectrum;
import java.util.Random;
import org.ejml.simple.SimpleMatrix;
import org.junit.jupiter.api.Test;

class InitTest {
    @Test
    void uniformStaysWithinItsBoundAndFillsIt() {
        Parameters p = Init.uniform(new Lstm(3, 25), 2, new Random(1));
        for (String name : p.names()) {
            assertTrue(p.get(name).elementMaxAbs() <= 0.2, name);
        }
        assertTrue(p.get("W_hf").elementMaxAbs() > 0.19);
        assertEquals(0, p.get("W_hf").elementSum() / 625, 0.02);
    }

    @Test
    void aSeedNamesANetwork() {
        Parameters a = Init.uniform(new Gru(2, 5), 1, new Random(7)), b = Init.uniform(new Gru(2, 5), 1, new Random(7));
        Parameters c = Init.uniform(new Gru(2, 5), 1, new Random(8));
        for (String name : a.names()) {
            assertTrue(a.get(name).isIdentical(b.get(name), 0));
            assertTrue(!a.get(name).isIdentical(c.get(name), 0));
        }
    }

    @Test
    void orthogonalTimesGain() {
        SimpleMatrix q = Draw.orthogonal(20, 1.5, new Random(1));
        SimpleMatrix identity = q.mult(q.transpose()).divide(2.25);
        assertTrue(identity.isIdentical(SimpleMatrix.identity(20), 1e-12));
        assertEquals(0, Draw.orthogonal(4, 0, new Random(1)).elementMaxAbs());
    }

    /**
     * The determinants of a uniform orthogonal matrix are +1 and −1 equally often; without the signs of R they are not.
     */
    @Test
    void orthogonalIsUniform() {
        Random random = new Random(1);
        int positive = 0;
        double trace = 0;
        for (int i = 0; i < 1000; i++) {
            SimpleMatrix q = Draw.orthogonal(3, 1, random);
            positive += q.determinant() > 0 ? 1 : 0;
            trace += q.trace() / 1000;
        }
        assertTrue(positive > 440 && positive < 560, "positive: " + positive);
        assertEquals(0, trace, 0.12);
    }

    @Test
    void gaussianHasItsGainAsSpectralRadius() {
        SimpleMatrix W = Draw.gaussian(300, 1.2, new Random(1));
        assertEquals(1.2, Spectrum.radius(W), 0.1);
        assertEquals(2.4, Norm.SPECTRAL.of(W), 0.1);
    }

    @Test
    void irnn() {
        Parameters p = Init.irnn(2, 50, 1, new Random(1));
        assertTrue(p.get("W_hh").isIdentical(SimpleMatrix.identity(50), 0));
        assertEquals(0, p.get("b_h").elementMaxAbs());
        assertEquals(0.001, p.get("W_xh").normF() / 10, 0.0002);
        assertEquals(Rnn.relu(2, 50), p.cell());
    }

    @Test
    void chronoCoversTheTimeScales() {
        Parameters p = Init.chrono(new Lstm(1, 400), 0, 1000, new Random(1));
        SimpleMatrix b_f = p.get("b_f");
        assertTrue(b_f.elementMin() >= 0 && b_f.elementMax() <= StrictMath.log(999));
        double mean = 0;
        for (int j = 0; j < 400; j++) {
            mean += StrictMath.exp(b_f.get(j)) / 400;
        }
        assertEquals(500, mean, 50);
        assertTrue(p.get("b_i").isIdentical(b_f.negative(), 0));
        assertThrows(IllegalArgumentException.class, () -> Init.chrono(new Lstm(1, 4), 0, 2, new Random(1)));
    }

    /** What is handed out or in is a copy. */
    @Test
    void parametersAreImmutable() {
        Parameters p = Init.uniform(Rnn.tanh(1, 2), 0, new Random(1));
        SimpleMatrix mine = new SimpleMatrix(2, 2);
        Parameters q = p.with("W_hh", mine);
        mine.set(0, 0, 9);
        p.get("W_hh").set(0, 0, 9);
        assertEquals(0, q.get("W_hh").get(0, 0));
        assertTrue(p.get("W_hh").get(0, 0) != 9);
    }

    @Test
    void everyEntryOfAParameter() {
        Parameters p = Parameters.zeros(Rnn.tanh(1, 3), 0).with("b_h", 2.5);
        assertTrue(p.get("b_h").isIdentical(new SimpleMatrix(3, 1, true, 2.5, 2.5, 2.5), 0));
        assertThrows(IllegalArgumentException.class, () -> p.with("b_h", Double.NaN));
    }

    @Test
    void sequencesAreDrawnStepByStep() {
        Random one = new Random(5), all = new Random(5);
        for (SimpleMatrix x_t : Draw.uniform(3, 2, 4, -1, 1, all)) {
            assertTrue(x_t.isIdentical(Draw.uniform(2, 4, -1, 1, one), 0));
        }
        for (SimpleMatrix x_t : Draw.normal(3, 2, 4, 0.5, all)) {
            for (int k = 0; k < 8; k++) {
                assertEquals(0.5 * one.nextGaussian(), x_t.get(k));
            }
        }
        double squares = Draw.normal(300, 300, 2, one).normF() / 300;
        assertEquals(2, squares, 0.05);
    }

    @Test
    void irnnHasASmallReadoutAndChronoTouchesTwoBiases() {
        assertTrue(Init.irnn(2, 50, 1, new Random(1)).get("W_hy").elementMaxAbs() > 0);
        Parameters plain = Init.uniform(new Lstm(1, 4), 1, new Random(1));
        Parameters chrono = Init.chrono(new Lstm(1, 4), 1, 100, new Random(1));
        for (String name : plain.names()) {
            boolean same = plain.get(name).isIdentical(chrono.get(name), 0);
            assertEquals(!name.equals("b_f") && !name.equals("b_i"), same, name);
        }
        Random last = new Random() {
            private static final long serialVersionUID = 1;

            @Override
            public double nextDouble() {
                return 1 - 0x1p-53;
            }
        };
        assertEquals(
                StrictMath.log(99),
                Init.chrono(new Lstm(1, 4), 0, 100, last).get("b_f").get(0),
                1e-12);
    }

    /** Q of QR with a positive diagonal of R: QᵀG is upper triangular, with a positive diagonal. */
    @Test
    void orthogonalComesFromTheSignedQr() {
        SimpleMatrix G = Draw.gaussian(4, 1, new Random(3)), Q = Draw.orthogonal(4, 1, new Random(3));
        SimpleMatrix R = Q.transpose().mult(G);
        for (int i = 0; i < 4; i++) {
            assertTrue(R.get(i, i) > 0);
            for (int j = 0; j < i; j++) {
                assertEquals(0, R.get(i, j), 1e-12);
            }
        }
    }
}
