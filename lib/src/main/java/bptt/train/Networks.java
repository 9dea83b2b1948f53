package bptt.train;

import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.MinGru;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.Random;
import org.ejml.simple.SimpleOperations.ElementOpReal;

/** The networks that the course compares, with the initial values that each is known for. */
public enum Networks implements Network {
    /** tanh, all uniform on ±1/√H. */
    TANH("tanh RNN", (I, H, O, T, random) -> Init.uniform(Rnn.tanh(I, H), O, random)),
    /** As TANH, but W_hh orthogonal. */
    TANH_ORTHOGONAL("tanh RNN, orthogonal", (I, H, O, T, random) -> Init.orthogonal(Rnn.tanh(I, H), O, random)),
    /** ReLU, W_hh = I. */
    IRNN("IRNN", (I, H, O, T, random) -> Init.irnn(I, H, O, random)),
    /** Uniform on ±1/√H, b_f = 0. */
    LSTM_0("LSTM, b_f = 0", (I, H, O, T, random) -> Init.uniform(new Lstm(I, H), O, random)
            .with("b_f", 0)),
    /** Uniform on ±1/√H, b_f = 1 (Jozefowicz, Zaremba and Sutskever 2015). */
    LSTM("LSTM, b_f = 1", (I, H, O, T, random) -> Init.uniform(new Lstm(I, H), O, random)
            .with("b_f", 1)),
    /** As LSTM, but each gate's recurrent matrix orthogonal. */
    LSTM_ORTHOGONAL("LSTM, b_f = 1, orthogonal", (I, H, O, T, random) -> Init.orthogonal(new Lstm(I, H), O, random)
            .with("b_f", 1)),
    /** Uniform on ±1/√H, b_f and b_i for time constants up to T (Tallec and Ollivier 2018). */
    LSTM_CHRONO("LSTM, chrono", (I, H, O, T, random) -> Init.chrono(new Lstm(I, H), O, Math.max(3, T), random)),
    /**
     * As in Hochreiter and Schmidhuber 1997, section 5.4: uniform on ±0.1, input gates biased by −3 and −6; no forget
     * gate, which is one of σ(40) = 1 in double precision.
     */
    LSTM_1997("LSTM of 1997", (I, H, O, T, random) -> Init.uniform(new Lstm(I, H), O, random)
            .map((name, a) -> switch (name) {
                case "b_i" -> a.elementOp((ElementOpReal) (i, j, v) -> i < (H + 1) / 2 ? -3 : -6);
                case "b_f" -> a.elementOp((ElementOpReal) (i, j, v) -> 40);
                default -> a.scale(0.1 * Math.sqrt(H));
            })),
    /** Uniform on ±1/√H. */
    GRU("GRU", (I, H, O, T, random) -> Init.uniform(new Gru(I, H), O, random)),
    /** As GRU, but each gate's recurrent matrix orthogonal. */
    GRU_ORTHOGONAL("GRU, orthogonal", (I, H, O, T, random) -> Init.orthogonal(new Gru(I, H), O, random)),
    /** Uniform on ±1/√H; no gate sees the state. */
    MIN_GRU("minGRU", (I, H, O, T, random) -> Init.uniform(new MinGru(I, H), O, random));

    private final String title;
    private final Start start;

    Networks(String title, Start start) {
        this.title = title;
        this.start = start;
    }

    private interface Start {
        Parameters of(int inputs, int hidden, int outputs, int T, Random random);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
        return start.of(inputs, hidden, outputs, T, random);
    }
}
