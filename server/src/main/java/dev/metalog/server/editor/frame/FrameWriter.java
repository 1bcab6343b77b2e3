package dev.metalog.server.editor.frame;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes JSON-RPC messages to a stream, each with its header in one piece. One thread only. */
public final class FrameWriter {
    private final OutputStream out;

    public FrameWriter(OutputStream out) {
        this.out = out;
    }

    /** Writes one message; {@link #flush} sends it on its way. */
    public void write(String json) throws IOException {
        byte[] body = encode(json);
        byte[] header = ("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[header.length + body.length];
        System.arraycopy(header, 0, frame, 0, header.length);
        System.arraycopy(body, 0, frame, header.length, body.length);
        out.write(frame);
    }

    public void flush() throws IOException {
        out.flush();
    }

    /**
     * Half a surrogate pair has no UTF-8, and Java would put a question mark in its place, which would change a text
     * without a word. It can only stand inside a JSON string, where an escape says the same.
     */
    private static byte[] encode(String json) {
        StringBuilder escaped = null;
        int copied = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < json.length() && Character.isLowSurrogate(json.charAt(i + 1))) {
                i++;
                continue;
            }
            escaped = escaped == null ? new StringBuilder(json.length() + 16) : escaped;
            escaped.append(json, copied, i).append("\\u").append(Integer.toHexString(c));
            copied = i + 1;
        }
        String whole = escaped == null
                ? json
                : escaped.append(json, copied, json.length()).toString();
        return whole.getBytes(StandardCharsets.UTF_8);
    }
}
