package dev.metalog.server.editor;

import static dev.metalog.server.editor.EndReason.END_OF_INPUT;
import static dev.metalog.server.editor.EndReason.FRAMING_LOST;

import dev.metalog.protocol.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;

/** Odd ways to frame a message. */
final class OddFraming {
    private static final String ASK = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"meta-log/peers\"}";
    private static final int N = ASK.length();
    private static final String GOOD = "Content-Length: " + N + "\r\n\r\n" + ASK;

    private OddFraming() {}

    static Stream<Odd> all() {
        return Stream.of(followed(), skipped(), lost(), ended()).flatMap(cases -> cases);
    }

    private static Stream<Odd> followed() {
        return Stream.of(
                        Odd.bytes("header name in lower case", "content-length: " + N + "\r\n\r\n" + ASK),
                        Odd.bytes("header name in upper case", "CONTENT-LENGTH: " + N + "\r\n\r\n" + ASK),
                        Odd.bytes("header lines ended by a newline alone", "Content-Length: " + N + "\n\n" + ASK),
                        Odd.bytes("no space behind the colon", "Content-Length:" + N + "\r\n\r\n" + ASK),
                        Odd.bytes("spaces and tabs around the length", "Content-Length: \t " + N + " \t\r\n\r\n" + ASK),
                        Odd.bytes("a space before the colon", "Content-Length : " + N + "\r\n\r\n" + ASK),
                        Odd.bytes("zeros before the length", "Content-Length: 000" + N + "\r\n\r\n" + ASK),
                        Odd.bytes(
                                "the content type LSP names",
                                "Content-Length: " + N
                                        + "\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n" + ASK),
                        Odd.bytes(
                                "the content type old clients name, first",
                                "Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: " + N
                                        + "\r\n\r\n" + ASK),
                        Odd.bytes(
                                "a quoted charset in upper case",
                                "Content-Length: " + N + "\r\ncontent-type: a/b; Charset=\"UTF-8\"\r\n\r\n" + ASK),
                        Odd.bytes(
                                "a content type without charset",
                                "Content-Length: " + N + "\r\nContent-Type: application/json\r\n\r\n" + ASK),
                        Odd.bytes(
                                "headers nobody knows",
                                "X-Trace: a:b:c\r\nContent-Length: " + N + "\r\nX-1:\r\n\r\n" + ASK),
                        Odd.bytes(
                                "a header nobody knows, with bytes beyond ASCII",
                                "X-Trace: \u00ff\u0001\r\nContent-Length: " + N + "\r\n\r\n" + ASK),
                        Odd.bytes("empty lines between messages", "\r\n\r\n\n" + GOOD),
                        Odd.bytes(
                                "white space around the JSON",
                                "Content-Length: " + (N + 4) + "\r\n\r\n \r" + ASK + "\n\t"))
                .map(odd -> odd.replies("result 7"));
    }

    private static Stream<Odd> skipped() {
        byte[] tooLong = new byte[Limits.JSONRPC_BODY_BYTES + 1];
        Arrays.fill(tooLong, (byte) ' ');
        byte[] header = ("Content-Length: " + tooLong.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] frame = Arrays.copyOf(header, header.length + tooLong.length);
        System.arraycopy(tooLong, 0, frame, header.length, tooLong.length);
        return Stream.of(
                Odd.bytes("a body of no bytes", "Content-Length: 0\r\n\r\n").replies("error -32700 null"),
                Odd.bytes(
                                "another charset",
                                "Content-Length: " + N + "\r\nContent-Type: a/b; charset=iso-8859-1\r\n\r\n" + ASK)
                        .replies("error -32600 null"),
                Odd.bytes(
                                "UTF-16, announced",
                                "Content-Type: a/b;charset=utf-16\r\nContent-Length: " + N + "\r\n\r\n" + ASK)
                        .replies("error -32600 null"),
                Odd.bytes("a body one byte over the limit", frame).replies("error -32056 null"));
    }

    private static Stream<Odd> lost() {
        return Stream.of(
                        Odd.bytes("no Content-Length", "Content-Type: a/b\r\n\r\n" + ASK),
                        Odd.bytes("two equal Content-Lengths", "Content-Length: 5\r\nContent-Length: 5\r\n\r\n12345"),
                        Odd.bytes("two Content-Lengths", "Content-Length: 5\r\ncontent-length: 6\r\n\r\n12345"),
                        Odd.bytes("a list of lengths", "Content-Length: 5, 5\r\n\r\n12345"),
                        Odd.bytes("a negative length", "Content-Length: -1\r\n\r\n"),
                        Odd.bytes("a length with a plus", "Content-Length: +5\r\n\r\n12345"),
                        Odd.bytes("a hexadecimal length", "Content-Length: 0x5\r\n\r\n12345"),
                        Odd.bytes("a length with a fraction", "Content-Length: 5.0\r\n\r\n12345"),
                        Odd.bytes("a length in words", "Content-Length: five\r\n\r\n12345"),
                        Odd.bytes("no length behind the colon", "Content-Length:\r\n\r\n"),
                        Odd.bytes("a length beyond 64 bits", "Content-Length: 99999999999999999999\r\n\r\n"),
                        Odd.bytes("a length too long to skip", "Content-Length: 2147483648\r\n\r\n"),
                        Odd.bytes("a line that is no header", "hello\r\n" + GOOD),
                        Odd.bytes("a header name beyond ASCII", "X-\u00e4: 1\r\n" + GOOD),
                        Odd.bytes("a header without a name", ": 5\r\n\r\n12345"),
                        Odd.bytes("a folded header", "Content-Type: a/b;\r\n charset=utf-8\r\n" + GOOD),
                        Odd.bytes("an HTTP request", "POST / HTTP/1.1\r\nHost: h\r\n" + GOOD),
                        Odd.bytes("JSON without headers", ASK + "\n"),
                        Odd.bytes("a byte-order mark before the header", "\u00ef\u00bb\u00bf" + GOOD),
                        Odd.bytes("headers in UTF-16", GOOD.getBytes(StandardCharsets.UTF_16LE)),
                        Odd.bytes("more header lines than fit", "X-A: 0123456789\r\n".repeat(300)),
                        Odd.bytes("a header line without end", "X".repeat(5_000)),
                        Odd.bytes("nothing but empty lines", "\n".repeat(5_000)),
                        Odd.bytes("a body shorter than it says", "Content-Length: 2\r\n\r\n{}x\r\n")
                                .replies("error -32600 null"))
                .map(odd -> odd.ends(FRAMING_LOST));
    }

    private static Stream<Odd> ended() {
        return Stream.of(
                        Odd.bytes("the end at once", ""),
                        Odd.bytes("the end behind empty lines", "\r\n\r\n"),
                        Odd.bytes("the end within a header line", "Content-Le"),
                        Odd.bytes("the end between header lines", "Content-Length: 5\r\n"),
                        Odd.bytes("the end before the body", "Content-Length: 5\r\n\r\n"),
                        Odd.bytes("the end within the body", "Content-Length: 500\r\n\r\n" + ASK),
                        Odd.bytes("the end within a body to skip", "Content-Length: 40000000\r\n\r\n" + ASK),
                        Odd.bytes("a good message and the end", GOOD).replies("result 7"))
                .map(odd -> odd.ends(END_OF_INPUT));
    }
}
