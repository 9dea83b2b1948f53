/**
 * Exercises that answer: right, or which mistake it is, or how far off; never the answer. The truth comes from a
 * complex step of a forward pass, or from the library.
 */
package bptt.exercise;
