package bptt.flow;

/** Inner products and lengths of arrays. */
final class Vectors {
    private Vectors() {}

    static double length(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    static double dot(double[] a, double[] b) {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0; // four chains, for one would wait for itself
        int j = 0;
        for (; j + 3 < a.length; j += 4) {
            s0 = Math.fma(a[j], b[j], s0);
            s1 = Math.fma(a[j + 1], b[j + 1], s1);
            s2 = Math.fma(a[j + 2], b[j + 2], s2);
            s3 = Math.fma(a[j + 3], b[j + 3], s3);
        }
        s0 = j < a.length ? Math.fma(a[j], b[j], s0) : s0;
        s1 = j + 1 < a.length ? Math.fma(a[j + 1], b[j + 1], s1) : s1;
        s2 = j + 2 < a.length ? Math.fma(a[j + 2], b[j + 2], s2) : s2;
        return (s0 + s1) + (s2 + s3);
    }
}
