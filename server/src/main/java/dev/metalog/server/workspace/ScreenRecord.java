package dev.metalog.server.workspace;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * A {@link ShownRecord} with the screen it is about, as a record of the document's log: screen (four bytes), the process
 * of its editor (eight bytes), then the note.
 */
record ScreenRecord(int screen, long process, ShownRecord note) {
    private static final int HEAD_BYTES = Integer.BYTES + Long.BYTES;

    /** A note of a log that does not tell screens apart. */
    static ScreenRecord ofUnknown(ShownRecord note) {
        return new ScreenRecord(ShownVersions.NO_SCREEN, ShownVersions.UNKNOWN_PROCESS, note);
    }

    byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(screen);
            out.writeLong(process);
            out.write(ShownRecord.encode(note.kind(), note.uri(), note.version()));
        } catch (IOException impossible) {
            throw new UncheckedIOException("Writing to memory does not fail.", impossible);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException when the bytes are no such record */
    static ScreenRecord decode(byte[] body) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
            int screen = in.readInt();
            long process = in.readLong();
            ShownRecord note = ShownRecord.decode(Arrays.copyOfRange(body, HEAD_BYTES, body.length));
            if (screen <= ShownVersions.NO_SCREEN || process < 0) {
                throw new IOException("No editor has screen " + screen + " of process " + process + ".");
            }
            return new ScreenRecord(screen, process, note);
        }
    }
}
