/** What a notebook shows: charts, tables, and the files that they leave in {@code results/}. */
package bptt.show;
