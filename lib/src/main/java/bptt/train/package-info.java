/**
 * Learning: tasks whose answer lies T steps back, the optimisers and clipping of the literature, a loop that can be
 * stopped and resumed at any update, and sweeps of it. A run is a function of its {@link bptt.train.Experiment} alone.
 */
package bptt.train;
