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
    TANH("tanh RNN") {
        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.uniform(Rnn.tanh(inputs, hidden), outputs, random);
        }
    },
    /** ReLU, W_hh = I. */
    IRNN("IRNN") {
        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.irnn(inputs, hidden, outputs, random);
        }
    },
    /** Uniform on ±1/√H, b_f = 1 (Jozefowicz, Zaremba and Sutskever 2015). */
    LSTM("LSTM, b_f = 1") {
        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.uniform(new Lstm(inputs, hidden), outputs, random).with("b_f", 1);
        }
    },
    /** Uniform on ±1/√H, b_f and b_i for time constants up to T (Tallec and Ollivier 2018). */
    LSTM_CHRONO("LSTM, chrono") {
        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.chrono(new Lstm(inputs, hidden), outputs, Math.max(3, T), random);
        }
    },
    /** Uniform on ±1/√H. */
    GRU("GRU") {
        @Override
        public Parameters initial(int inputs, int hidden, int outputs, int T, Random random) {
            return Init.uniform(new Gru(inputs, hidden), outputs, random);
        }
    };

    private final String title;

    Networks(String title) {
        this.title = title;
    }

    @Override
    public String title() {
        return title;
    }
}
