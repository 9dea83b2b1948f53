/** Independent derivatives, and the claim that compares two sides and fails if they differ. */
package bptt.check;
