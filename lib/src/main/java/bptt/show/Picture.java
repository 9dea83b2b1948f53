package bptt.show;

import de.erichseifert.vectorgraphics2d.Processors;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/** From strokes to a figure and its files. */
final class Picture {
    /** Pixels of the PNG per pixel of the page. */
    private static final int DENSITY = 2;

    private Picture() {}

    static Figure figure(String name, int width, int height, String alt, String caption, Consumer<Graphics2D> paint) {
        Figure figure = new Figure(png(width, height, paint), width, height, alt, caption);
        for (String kind : new String[] {"svg", "pdf"}) {
            Results.write(name + "." + kind, vectors(kind, width, height, paint));
        }
        Results.write(name + ".png", figure.png());
        return figure;
    }

    static byte[] png(int width, int height, Consumer<Graphics2D> paint) {
        BufferedImage image = new BufferedImage(width * DENSITY, height * DENSITY, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.scale(DENSITY, DENSITY);
        paint.accept(g);
        g.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] vectors(String kind, int width, int height, Consumer<Graphics2D> paint) {
        VectorGraphics2D g = new VectorGraphics2D();
        paint.accept(g);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Processors.get(kind)
                    .getDocument(g.getCommands(), new PageSize(0, 0, width, height))
                    .writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
