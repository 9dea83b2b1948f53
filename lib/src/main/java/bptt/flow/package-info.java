/** How gradients travel: Jacobians of the state, their norms, and how these decay with distance. */
package bptt.flow;
