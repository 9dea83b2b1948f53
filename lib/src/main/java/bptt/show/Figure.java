package bptt.show;

import java.util.Base64;

/**
 * A finished chart. As the last value of a cell it is shown as a PNG of twice the pixels of its size on the page, so
 * that it is sharp on dense screens, together with a text that says what it shows.
 *
 * @param png the picture
 * @param width on the page, in CSS pixels
 * @param height on the page, in CSS pixels
 * @param alt what the chart shows, for those who cannot see it
 */
public record Figure(byte[] png, int width, int height, String alt) {
    /** Requires the text. */
    public Figure {
        requireAlt(alt);
        png = png.clone();
    }

    @Override
    public byte[] png() {
        return png.clone();
    }

    String base64() {
        return Base64.getEncoder().encodeToString(png);
    }

    @Override
    public String toString() {
        return alt;
    }

    static void requireAlt(String alt) {
        requireText("text alternative: expected a sentence that says what the chart shows, got none", alt);
    }

    static void requireText(String otherwise, String... texts) {
        for (String text : texts) {
            if (text == null || text.isBlank()) {
                throw new IllegalArgumentException(otherwise);
            }
        }
    }
}
