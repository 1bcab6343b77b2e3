package dev.metalog.server.editor.frame;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;

/**
 * Cuts a stream into the bodies of JSON-RPC messages, framed as in LSP 3.17: header lines, an empty line, as many bytes
 * as {@code Content-Length} says.
 *
 * <p>It is stricter than LSP where a guess could lose step (exactly one {@code Content-Length}, every line a header), and
 * more tolerant where none is needed: header names in any case, lines ended by {@code \n} alone, empty lines between
 * messages, headers it does not know. A body is always read to its end before anybody looks into it, so a bad body costs
 * one message. A body over the limit is skipped, for as long as skipping it is sensible.
 */
public final class FrameReader {
    /** A longer body is not skipped: waiting for the end of it would look like a sidecar that hangs. */
    private static final long SKIP_BYTES = 1L << 30;

    private static final int LENGTH_DIGITS = 12;

    private final InputStream in;
    private int headerBytes;

    public FrameReader(InputStream in) {
        this.in = new BufferedInputStream(in, 1 << 16);
    }

    /**
     * Waits for the next message.
     *
     * @return its body; null when the stream ended between two messages
     * @throws BadMessage the body is of no use; the next call reads the message behind it
     * @throws FramingLost nothing behind this can be read
     * @throws EOFException the stream ended within a message
     */
    public String next() throws IOException, BadMessage, FramingLost {
        Header header = header();
        if (header == null) {
            return null;
        }
        if (header.length > Limits.JSONRPC_BODY_BYTES) {
            in.skipNBytes(header.length);
            throw new BadMessage(
                    EditorError.LIMIT.code(),
                    "null",
                    "A message of " + header.length + " bytes was skipped: the limit is " + Limits.JSONRPC_BODY_BYTES
                            + " bytes. Send less at once.");
        }
        byte[] body = in.readNBytes((int) header.length);
        if (body.length < header.length) {
            throw new EOFException("the stream ended after " + body.length + " of " + header.length + " bytes");
        }
        if (header.foreignCharset != null) {
            throw new BadMessage(
                    ResponseErrorCode.InvalidRequest.getValue(),
                    "null",
                    "A message in the character set '" + header.foreignCharset + "' was skipped. Send UTF-8.");
        }
        return decode(body);
    }

    private static String decode(byte[] body) throws BadMessage {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new BadMessage(
                    ResponseErrorCode.ParseError.getValue(),
                    "null",
                    "A message of " + body.length + " bytes was skipped: it is not UTF-8. Send UTF-8.");
        }
    }

    /** @param foreignCharset a character set other than UTF-8, or null */
    private record Header(long length, String foreignCharset) {}

    private Header header() throws IOException, FramingLost {
        headerBytes = 0;
        boolean any = false;
        long length = -1;
        String foreignCharset = null;
        for (String line = line(false); line != null; line = line(any)) {
            if (line.isEmpty()) {
                if (!any) {
                    continue;
                }
                if (length < 0) {
                    throw new FramingLost("a header block without Content-Length");
                }
                return new Header(length, foreignCharset);
            }
            any = true;
            int colon = line.indexOf(':');
            String name =
                    colon < 0 ? "" : line.substring(0, colon).stripTrailing().toLowerCase(Locale.ROOT);
            if (!isHeaderName(name)) {
                throw new FramingLost("a line that is no header: '" + shown(line) + "'");
            }
            String value = line.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                if (length >= 0) {
                    throw new FramingLost("two Content-Length headers");
                }
                length = length(value);
            } else if (name.equals("content-type") && foreignCharset == null) {
                foreignCharset = foreignCharset(value);
            }
        }
        return null;
    }

    /** What may name a header (RFC 9110, token), so that JSON or binary data is not taken for one. */
    private static boolean isHeaderName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || "\"(),/:;<=>?@[\\]{}".indexOf(c) >= 0) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    private static long length(String value) throws FramingLost {
        boolean digits = !value.isEmpty() && value.length() <= LENGTH_DIGITS;
        for (int i = 0; digits && i < value.length(); i++) {
            digits = value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        if (!digits) {
            throw new FramingLost("Content-Length is not a usable number: '" + shown(value) + "'");
        }
        long length = Long.parseLong(value);
        if (length > SKIP_BYTES) {
            throw new FramingLost("a message of " + length + " bytes is too long to skip");
        }
        return length;
    }

    private static String foreignCharset(String contentType) {
        for (String parameter : contentType.split(";", -1)) {
            String[] nameAndValue = parameter.split("=", 2);
            if (nameAndValue.length == 2 && nameAndValue[0].strip().equalsIgnoreCase("charset")) {
                String charset = nameAndValue[1].strip().replace("\"", "").toLowerCase(Locale.ROOT);
                return charset.equals("utf-8") || charset.equals("utf8") ? null : shown(charset);
            }
        }
        return null;
    }

    /** One header line without its end, or null when the stream ends where a message may end. */
    private String line(boolean within) throws IOException, FramingLost {
        StringBuilder line = new StringBuilder(32);
        for (int b = in.read(); b >= 0; b = in.read()) {
            if (++headerBytes > Limits.JSONRPC_HEADER_BYTES) {
                throw new FramingLost("a header block of more than " + Limits.JSONRPC_HEADER_BYTES + " bytes");
            }
            if (b == '\n') {
                int last = line.length() - 1;
                if (last >= 0 && line.charAt(last) == '\r') {
                    line.setLength(last);
                }
                return line.toString();
            }
            line.append((char) b);
        }
        if (within || line.length() > 0) {
            throw new EOFException("the stream ended within a header block");
        }
        return null;
    }

    /** For a log line: short, and without control characters that could garble a terminal. */
    private static String shown(String text) {
        String cut = text.length() <= 40 ? text : text.substring(0, 40) + "…";
        StringBuilder shown = new StringBuilder(cut.length());
        cut.chars().forEach(c -> shown.append(Character.isISOControl(c) ? '?' : (char) c));
        return shown.toString();
    }
}
