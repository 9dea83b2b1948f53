package bptt.show;

import bptt.math.Numbers;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A computational graph: labelled nodes at given places, labelled arrows between them. The places are in units of a
 * grid, x to the right, y upwards; the picture is scaled to fit.
 */
public final class Diagram {
    private static final int WIDTH = 860, MENTIONED = 24;
    private static final double CELL = 92, RADIUS = 22, MARGIN = 50, BESIDE = 6;
    private static final Font LABEL = Theme.font(13);
    private static final Color FILL = new Color(0xEAF3FA), EDGE = new Color(0x777777), MARK = new Color(0xD55E00);

    private record Node(String label, double x, double y) {}

    private record Edge(String from, String to, String label, Color colour) {}

    private final String title;
    private final Map<String, Node> nodes = new LinkedHashMap<>();
    private final List<Edge> edges = new ArrayList<>();
    private final List<Node> notes = new ArrayList<>();

    private Diagram(String title) {
        this.title = title;
    }

    /**
     * An empty diagram.
     *
     * @param title what it shows
     * @return the diagram
     */
    public static Diagram of(String title) {
        return new Diagram(title);
    }

    /**
     * A recurrent network unrolled from left to right, the way forward in grey: states {@code h_0} … {@code h_T},
     * inputs {@code x_t} below, losses {@code l_t} above.
     *
     * @param title what it shows
     * @param T number of steps
     * @param inputs steps with an input
     * @param losses steps with a loss
     * @return the diagram
     */
    public static Diagram unrolled(String title, int T, Set<Integer> inputs, Set<Integer> losses) {
        Diagram diagram = of(title).node("h_0", 0, 1);
        for (int t = 1; t <= T; t++) {
            String h = "h_" + t, x = "x_" + t, l = "l_" + t;
            diagram.node(h, 1.5 * t, 1).edge("h_" + (t - 1), h, "");
            if (inputs.contains(t)) {
                diagram.node(x, 1.5 * t, 0).edge(x, h, "");
            }
            if (losses.contains(t)) {
                diagram.node(l, 1.5 * t, 2).edge(h, l, "");
            }
        }
        return diagram;
    }

    /**
     * Adds a node.
     *
     * @param name its name, which is also its label
     * @param x place, to the right
     * @param y place, upwards
     * @return this
     */
    public Diagram node(String name, double x, double y) {
        return node(name, name, x, y);
    }

    /**
     * Adds a node whose label other nodes may have too.
     *
     * @param name its name, for edges
     * @param label what is written in it
     * @param x place, to the right
     * @param y place, upwards
     * @return this
     */
    public Diagram node(String name, String label, double x, double y) {
        nodes.put(name, new Node(label, x, y));
        return this;
    }

    /**
     * Writes a text, the name of a part, say.
     *
     * @param text one line
     * @param x place of its middle, to the right
     * @param y place, upwards
     * @return this
     */
    public Diagram note(String text, double x, double y) {
        notes.add(new Node(text, x, y));
        return this;
    }

    /**
     * Adds an arrow.
     *
     * @param from a node
     * @param to another node
     * @param label beside its middle
     * @return this
     */
    public Diagram edge(String from, String to, String label) {
        return edge(from, to, label, EDGE);
    }

    /**
     * Adds an arrow that stands out.
     *
     * @param from a node
     * @param to another node
     * @param label beside its middle
     * @return this
     */
    public Diagram marked(String from, String to, String label) {
        return edge(from, to, label, MARK);
    }

    private Diagram edge(String from, String to, String label, Color colour) {
        for (String end : List.of(from, to)) {
            if (!nodes.containsKey(end)) {
                throw new IllegalArgumentException(
                        Numbers.format("edge: expected one of the nodes %s, got “%s”", nodes.keySet(), end));
            }
        }
        edges.add(new Edge(from, to, label, colour));
        return this;
    }

    /**
     * Draws the diagram and writes it to {@code results/NAME.svg} and {@code .png}.
     *
     * @param name file name without extension
     * @param caption what to see in it
     * @return the picture
     */
    public Figure figure(String name, String caption) {
        if (nodes.isEmpty()) {
            throw new IllegalStateException("diagram: expected a node or more, got none");
        }
        DoubleSummaryStatistics y = Stream.concat(nodes.values().stream(), notes.stream())
                .mapToDouble(Node::y)
                .summaryStatistics();
        double top = y.getMax(), bottom = y.getMin();
        int height = (int) ((top - bottom) * CELL + 2 * MARGIN + 30);
        return Picture.figure(name, WIDTH, height, alt(), caption, g -> paint(g, top, height));
    }

    private String alt() {
        String arrows = edges.stream()
                .limit(MENTIONED)
                .map(e -> Numbers.format(
                        "%s → %s%s", label(e.from), label(e.to), e.label.isEmpty() ? "" : " (" + e.label + ")"))
                .collect(Collectors.joining(", "));
        return Numbers.format("Diagram: %s. Arrows: %s%s", title, arrows, edges.size() > MENTIONED ? " …" : "");
    }

    private String label(String name) {
        return nodes.get(name).label;
    }

    private void paint(Graphics2D g, double top, int height) {
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, WIDTH, height);
        g.setColor(Theme.INK);
        Formula.of(title).drawCentred(g, Theme.font(15), WIDTH / 2.0, 24);
        double left = nodes.values().stream().mapToDouble(Node::x).min().orElse(0);
        double right = nodes.values().stream().mapToDouble(Node::x).max().orElse(0);
        double unit = right > left ? (WIDTH - 2 * MARGIN - 40) / (right - left) : 0;
        Map<String, Point2D> places = new LinkedHashMap<>();
        nodes.forEach((name, n) -> places.put(
                name, new Point2D.Double(MARGIN + 20 + (n.x - left) * unit, MARGIN + 30 + (top - n.y) * CELL)));
        double radius = Math.min(RADIUS, 0.3 * nearest(List.copyOf(places.values())));
        for (Edge e : edges) {
            boolean twoWay = edges.stream().anyMatch(back -> back.from.equals(e.to) && back.to.equals(e.from));
            arrow(g, places.get(e.from), places.get(e.to), e, radius, twoWay ? BESIDE : 0);
        }
        g.setColor(Theme.INK);
        for (Node note : notes) {
            double x = MARGIN + 20 + (note.x - left) * unit, y = MARGIN + 30 + (top - note.y) * CELL;
            Formula.of(note.label).drawCentred(g, Theme.font(13), x, y + 5);
        }
        Font font = Theme.font(radius < 18 ? 12 : 14);
        nodes.forEach((name, n) -> {
            Point2D p = places.get(name);
            Ellipse2D circle = new Ellipse2D.Double(p.getX() - radius, p.getY() - radius, 2 * radius, 2 * radius);
            g.setColor(FILL);
            g.fill(circle);
            g.setColor(Theme.INK);
            g.setStroke(new BasicStroke(1.2f));
            g.draw(circle);
            Formula.of(n.label).drawCentred(g, font, p.getX(), p.getY() + 0.35 * font.getSize());
        });
    }

    /** The arrow runs so many pixels to the left of the line between its ends, where there is one in each direction. */
    private static void arrow(Graphics2D g, Point2D from, Point2D to, Edge e, double radius, double beside) {
        double dx = to.getX() - from.getX(), dy = to.getY() - from.getY(), length = Math.hypot(dx, dy);
        double ux = dx / length, uy = dy / length;
        double x1 = from.getX() + ux * radius + uy * beside, y1 = from.getY() + uy * radius - ux * beside;
        double x2 = to.getX() - ux * (radius + 1) + uy * beside, y2 = to.getY() - uy * (radius + 1) - ux * beside;
        g.setColor(e.colour);
        g.setStroke(new BasicStroke(e.colour.equals(EDGE) ? 1.4f : 2.4f));
        g.draw(new Line2D.Double(x1, y1, x2 - ux * 6, y2 - uy * 6));
        Path2D head = new Path2D.Double();
        head.moveTo(0, 0);
        head.lineTo(-9, 4);
        head.lineTo(-9, -4);
        head.closePath();
        AffineTransform place = AffineTransform.getTranslateInstance(x2, y2);
        place.rotate(dx, dy);
        g.fill(place.createTransformedShape(head));
        // The label is on the left of the arrow, as far from it as its own size asks for, and beyond the circles if it
        // is longer than the way between them.
        Formula label = Formula.of(e.label);
        double along = Math.abs(ux) * label.width(LABEL) + Math.abs(uy) * LABEL.getSize();
        double half = Math.abs(uy) * label.width(LABEL) / 2 + Math.abs(ux) * LABEL.getSize() / 2 + 5;
        half += along > length - 2 * radius - 12 ? radius - beside : 0;
        g.setColor(e.colour.equals(EDGE) ? Theme.INK : e.colour);
        label.drawCentred(g, LABEL, (x1 + x2) / 2 + uy * half, (y1 + y2) / 2 - ux * half + 0.35 * LABEL.getSize());
    }

    /** The smallest distance between two nodes, so that circles of a third of it leave room for an arrow. */
    private static double nearest(List<Point2D> places) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < places.size(); i++) {
            for (int j = 0; j < i; j++) {
                least = Math.min(least, places.get(i).distance(places.get(j)));
            }
        }
        return least;
    }
}
