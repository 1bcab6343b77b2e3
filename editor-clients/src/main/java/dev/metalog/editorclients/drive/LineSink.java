package dev.metalog.editorclients.drive;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Where lines go; called by one thread at a time. */
interface LineSink {
    /** @throws UncheckedIOException when nobody reads any more */
    void accept(String line);

    /** Writes UTF-8 with {@code \n} line ends, each line at once. */
    static LineSink of(OutputStream out) {
        return line -> {
            try {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("the other side does not read any more", e);
            }
        };
    }
}
