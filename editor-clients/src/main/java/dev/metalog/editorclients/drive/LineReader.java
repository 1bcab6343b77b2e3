package dev.metalog.editorclients.drive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads lines of UTF-8 that end with {@code \n} or the end of the stream, none longer than a limit. */
final class LineReader implements LineSource {
    private final InputStream in;
    private final int mostBytes;

    LineReader(InputStream in, int mostBytes) {
        this.in = in;
        this.mostBytes = mostBytes;
    }

    @Override
    public String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean tooLong = false;
        int read = in.read();
        if (read < 0) {
            return null;
        }
        while (read >= 0 && read != '\n') {
            tooLong = tooLong || line.size() >= mostBytes;
            if (!tooLong) {
                line.write(read);
            }
            read = in.read();
        }
        if (tooLong) {
            throw new BadCommandException("the line is longer than " + mostBytes + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadCommandException("the line is not UTF-8");
        }
    }
}
