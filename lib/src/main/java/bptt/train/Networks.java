package bptt.train;

import bptt.cell.Gru;
import bptt.cell.Init;
import bptt.cell.Lstm;
import bptt.cell.Parameters;
import bptt.cell.Rnn;
import java.util.Random;

/** The networks that the course compares, with the initial values that each is known for. */
public enum Networks implements Network {
    /** tanh, all uniform on ±1/√H. */
    TANH("tanh RNN", (I, H, O, T, random) -> Init.uniform(Rnn.tanh(I, H), O, random)),
    /** ReLU, W_hh = I. */
    IRNN("IRNN", (I, H, O, T, random) -> Init.irnn(I, H, O, random)),
    /** Uniform on ±1/√H, b_f = 1 (Jozefowicz, Zaremba and Sutskever 2015). */
    LSTM("LSTM, b_f = 1", (I, H, O, T, random) -> Init.uniform(new Lstm(I, H), O, random)
            .with("b_f", 1)),
    /** Uniform on ±1/√H, b_f and b_i for time constants up to T (Tallec and Ollivier 2018). */
    LSTM_CHRONO("LSTM, chrono", (I, H, O, T, random) -> Init.chrono(new Lstm(I, H), O, Math.max(3, T), random)),
    /** Uniform on ±1/√H. */
    GRU("GRU", (I, H, O, T, random) -> Init.uniform(new Gru(I, H), O, random));

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
