/**
 * The arithmetic underneath: products and element-wise functions of rows. The engine's inside, not
 * its interface; the public values of the other packages are {@link org.ejml.simple.SimpleMatrix}.
 */
package bptt.math;
