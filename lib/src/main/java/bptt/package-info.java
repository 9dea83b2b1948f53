/**
 * Through time: {@link bptt.Bptt} runs a sequence forward into a {@link bptt.Trace} and backward
 * into {@link bptt.Gradients}; {@link bptt.Loss} is what is minimised, {@link bptt.State} what
 * networks hand to one another.
 */
package bptt;
