package bptt.show;

import bptt.math.Numbers;
import java.util.Base64;

/**
 * A finished picture. As the last value of a cell it is shown as a PNG of twice the pixels of its size on the page, so
 * that it is sharp on dense screens, with its caption below.
 *
 * @param png the picture
 * @param width on the page, in CSS pixels
 * @param height on the page, in CSS pixels
 * @param alt what is drawn, for those who cannot see it: its kind, title and axes
 * @param caption what to see in it
 */
public record Figure(byte[] png, int width, int height, String alt, String caption) {
    /** Requires the texts. */
    public Figure {
        requireCaption(caption);
        requireText("text alternative: expected what is drawn, got none", alt);
        png = png.clone();
    }

    @Override
    public byte[] png() {
        return png.clone();
    }

    /**
     * The picture with its caption.
     *
     * @return one HTML element
     */
    public String html() {
        return Numbers.format(
                "<figure style=\"margin: 0\">\n<img width=\"%d\" height=\"%d\" style=\"max-width: 100%%; height: auto\""
                        + " alt=\"%s\" src=\"data:image/png;base64,%s\">\n"
                        + "<figcaption style=\"max-width: 60em\">%s</figcaption>\n</figure>",
                width,
                height,
                Tables.escape(alt),
                Base64.getEncoder().encodeToString(png),
                Formula.of(caption).html());
    }

    /** Both texts, for a viewer that shows no pictures. */
    @Override
    public String toString() {
        return "[" + alt + "]\n" + caption;
    }

    static void requireCaption(String caption) {
        requireText("caption: expected a sentence that says what to see, got none", caption);
    }

    static void requireText(String otherwise, String... texts) {
        for (String text : texts) {
            if (text == null || text.isBlank()) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
