package bptt.cell;

/**
 * The arrays that a {@link Cell} reads and writes at one time step. The engine owns them and points these fields at
 * them. Each holds {@link #n} numbers: the H units of one sequence, then those of the next. Long arrays, because the
 * loops over them are what C2 vectorises.
 */
public final class Step {
    /** Number of elements of each array: H for each sequence. */
    public final int n;

    /** State at t−1, by part: h, then C. Not modified. */
    public final double[][] before;

    /**
     * State at t, by part: set by the last stage of the forward step, but for a part that is a gate ({@link
     * Cell#stateOf}).
     */
    public final double[][] after;

    /** By gate: the pre-activation a_q on entry of its stage's forward step, the gate's value from then on. */
    public final double[][] gate;

    /** By name of {@link Cell#vectors}: the vector once for each sequence. Not modified. */
    public double[][] vector;

    /** u of the second stage: set by the first stage of the forward step. */
    public double[] u;

    /** ∂L/∂(state at t), by part, everything from later steps and from the output included. Not modified. */
    public final double[][] dAfter;

    /** ∂L/∂(state at t−1), by part: added to. */
    public final double[][] dBefore;

    /** ∂L/∂a_q by gate: set by its stage's backward step. */
    public final double[][] dGate;

    /** The derivative with respect to each vector, sequence by sequence: added to. */
    public double[][] dVector;

    /** ∂L/∂u of the second stage, complete when the first stage's backward step is called. */
    public double[] dU;

    /** Two arrays for intermediate results within one call. */
    public final double[][] scratch;

    /**
     * In the backward step, whether the last call was that of the same stage at the same t, for other derivatives:
     * {@link #scratch} is as it was left.
     */
    public boolean again;

    /**
     * Room for one step of a cell.
     *
     * @param cell the cell whose arrays are meant
     * @param sequences number of sequences side by side
     */
    public Step(Cell cell, int sequences) {
        n = sequences * cell.hidden();
        int states = cell.states().size();
        int gates = cell.gates().size();
        before = new double[states][];
        after = new double[states][];
        gate = new double[gates][];
        dAfter = new double[states][];
        dBefore = new double[states][];
        dGate = new double[gates][];
        scratch = new double[2][n];
    }
}
