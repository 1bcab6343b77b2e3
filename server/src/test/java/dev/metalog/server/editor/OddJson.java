package dev.metalog.server.editor;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Bodies that are not JSON, or not a message. */
final class OddJson {
    private static final String ASK = "\"method\":\"meta-log/peers\"";

    private OddJson() {}

    static Stream<Odd> all() {
        return Stream.of(notJson(), notUtf8(), notAMessage(), oddButFine()).flatMap(cases -> cases);
    }

    private static Stream<Odd> notJson() {
        return Stream.of(
                        Odd.message("white space alone", " \n\t"),
                        Odd.message("an object cut off", "{\"jsonrpc\":\"2.0\",\"id\":1"),
                        Odd.message("a string cut off", "{\"jsonrpc\":\"2.0"),
                        Odd.message("an escape cut off", "{\"jsonrpc\":\"\\"),
                        Odd.message("a comma before the end", "{\"jsonrpc\":\"2.0\",\"id\":1,}"),
                        Odd.message("a comma at the start", "{,\"jsonrpc\":\"2.0\"}"),
                        Odd.message("two commas", "{\"a\":[1,,2]}"),
                        Odd.message("no comma", "{\"a\":1 \"b\":2}"),
                        Odd.message("no colon", "{\"a\" 1}"),
                        Odd.message("single quotes", "{'jsonrpc':'2.0'}"),
                        Odd.message("names without quotes", "{jsonrpc:\"2.0\"}"),
                        Odd.message("a number as name", "{1:2}"),
                        Odd.message("a comment", "{/* hello */\"jsonrpc\":\"2.0\"}"),
                        Odd.message("not a number", "{\"a\":NaN}"),
                        Odd.message("infinity", "{\"a\":-Infinity}"),
                        Odd.message("a word in upper case", "{\"a\":TRUE}"),
                        Odd.message("half a word", "{\"a\":nul}"),
                        Odd.message("a zero before a number", "{\"a\":01}"),
                        Odd.message("a plus before a number", "{\"a\":+1}"),
                        Odd.message("a minus alone", "{\"a\":-}"),
                        Odd.message("a point without digits", "{\"a\":1.}"),
                        Odd.message("a point at the start", "{\"a\":.5}"),
                        Odd.message("an exponent without digits", "{\"a\":1e}"),
                        Odd.message("a hexadecimal number", "{\"a\":0xff}"),
                        Odd.message("a line break in a string", "{\"a\":\"b\nc\"}"),
                        Odd.message("a NUL in a string", "{\"a\":\"b\0c\"}"),
                        Odd.message("an unknown escape", "{\"a\":\"\\x41\"}"),
                        Odd.message("a bad hexadecimal escape", "{\"a\":\"\\u12g4\"}"),
                        Odd.message("full-width digits in an escape", "{\"a\":\"\\u\uff11\uff12\uff13\uff14\"}"),
                        Odd.message("a full-width digit as number", "{\"a\":\uff11}"),
                        Odd.message("brackets that cross", "{\"a\":[1}]"),
                        Odd.message("one bracket too many", "{\"a\":1}}"),
                        Odd.message("two values", "{\"jsonrpc\":\"2.0\"} {\"jsonrpc\":\"2.0\"}"),
                        Odd.message("a NUL behind the value", "{\"jsonrpc\":\"2.0\"}\0"),
                        Odd.message("a byte-order mark before the value", "\ufeff{\"jsonrpc\":\"2.0\"}"),
                        Odd.message("a no-break space", "{\u00a0\"a\":1}"),
                        Odd.message("a header in the body", "Content-Length: 5\r\n\r\n"),
                        Odd.message("a hundred thousand open brackets", "[".repeat(100_000)),
                        Odd.message("a hundred thousand open objects", "{\"a\":".repeat(100_000)))
                .map(odd -> odd.replies("error -32700 null"));
    }

    private static Stream<Odd> notUtf8() {
        return Stream.of(
                        body("a byte that never occurs", "{\"a\":\"\u00ff\"}"),
                        body("a sequence cut off", "{\"a\":\"\u00e2\u0082\"}"),
                        body("a sequence that is longer than needed", "{\"a\":\"\u00c0\u00af\"}"),
                        body("half a surrogate pair in three bytes", "{\"a\":\"\u00ed\u00a0\u0080\"}"),
                        body("a character beyond Unicode", "{\"a\":\"\u00f4\u0090\u0080\u0080\"}"),
                        body("Latin-1", "{\"a\":\"\u00e4\"}"),
                        body(
                                "UTF-16, not announced",
                                new String(
                                        "{\"a\":\"\u00e4\ud83d\ude00\"}".getBytes(StandardCharsets.UTF_16),
                                        StandardCharsets.ISO_8859_1)))
                .map(odd -> odd.replies("error -32700 null"));
    }

    private static Odd body(String name, String latin1) {
        return Odd.bytes(name, "Content-Length: " + latin1.length() + "\r\n\r\n" + latin1);
    }

    private static Stream<Odd> notAMessage() {
        String deep = "[".repeat(64) + "]".repeat(64);
        return Stream.of(
                Odd.message("a number", "17").replies("error -32600 null"),
                Odd.message("a string", "\"initialize\"").replies("error -32600 null"),
                Odd.message("null", "null").replies("error -32600 null"),
                Odd.message("an empty object", "{}").replies("error -32600 null"),
                Odd.message("an empty batch", "[]").replies("error -32600 null"),
                Odd.message("a batch", "[{\"jsonrpc\":\"2.0\",\"id\":1," + ASK + "}]")
                        .replies("error -32600 null"),
                Odd.message("no version", "{\"id\":5," + ASK + "}").replies("error -32600 5"),
                Odd.message("version 1.0", "{\"jsonrpc\":\"1.0\",\"id\":5," + ASK + "}")
                        .replies("error -32600 5"),
                Odd.message("a version that is a number", "{\"jsonrpc\":2.0,\"id\":5," + ASK + "}")
                        .replies("error -32600 5"),
                Odd.message("an id alone", "{\"jsonrpc\":\"2.0\",\"id\":5}").replies("error -32600 5"),
                Odd.message("a method that is a number", "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":1}")
                        .replies("error -32600 \"x\""),
                Odd.message("a method that is null", "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":null}")
                        .replies("error -32600 5"),
                Odd.message(
                                "a very long method",
                                "{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"" + "x".repeat(1_000) + "\"}")
                        .replies("error -32600 5"),
                Odd.message("a method in another case", "{\"jsonrpc\":\"2.0\",\"id\":5,\"Method\":\"meta-log/peers\"}")
                        .replies("error -32600 5"),
                Odd.message("an id that is an object", "{\"jsonrpc\":\"2.0\",\"id\":{}," + ASK + "}")
                        .replies("error -32600 null"),
                Odd.message("an id that is true", "{\"jsonrpc\":\"2.0\",\"id\":true," + ASK + "}")
                        .replies("error -32600 null"),
                Odd.message("an id that is null", "{\"jsonrpc\":\"2.0\",\"id\":null," + ASK + "}")
                        .replies("error -32600 null"),
                Odd.message("an id with a fraction", "{\"jsonrpc\":\"2.0\",\"id\":1.5," + ASK + "}")
                        .replies("error -32600 1.5"),
                Odd.message("an id beyond 32 bits", "{\"jsonrpc\":\"2.0\",\"id\":9007199254740993," + ASK + "}")
                        .replies("error -32600 9007199254740993"),
                Odd.message("a very long id", "{\"jsonrpc\":\"2.0\",\"id\":\"" + "x".repeat(1_000) + "\"," + ASK + "}")
                        .replies("error -32600 null"),
                Odd.message("params that are a string", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":\"x\"}")
                        .replies("error -32600 5"),
                Odd.message("two ids", "{\"jsonrpc\":\"2.0\",\"id\":5,\"id\":6," + ASK + "}")
                        .replies("error -32600 6"),
                Odd.message("two methods", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"method\":\"exit\"}")
                        .replies("error -32600 5"),
                Odd.message(
                                "the same member twice, once in escapes",
                                "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"\\u006dethod\":\"exit\"}")
                        .replies("error -32600 5"),
                Odd.message("a call and a response at once", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"result\":1}")
                        .replies("error -32600 5"),
                Odd.message(
                                "nesting one too deep, with the id behind it",
                                "{\"jsonrpc\":\"2.0\"," + ASK + ",\"params\":" + deep + ",\"id\":5}")
                        .replies("error -32056 5"),
                Odd.message(
                                "nesting a million deep",
                                "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":" + "[".repeat(1_000_000)
                                        + "]".repeat(1_000_000) + "}")
                        .replies("error -32056 5"),
                Odd.message(
                                "a notification that nests too deep",
                                "{\"jsonrpc\":\"2.0\",\"method\":\"x\",\"params\":" + deep + "}")
                        .replies("error -32056 null"));
    }

    private static Stream<Odd> oddButFine() {
        String deep = "[".repeat(62) + "]".repeat(62);
        return Stream.of(
                        Odd.message(
                                "members in another order", "{\"params\":{}," + ASK + ",\"id\":5,\"jsonrpc\":\"2.0\"}"),
                        Odd.message(
                                "names and values in escapes",
                                "{\"jsonrpc\":\"2.0\",\"\\u0069d\":5,\"m\\u0065thod\":\"meta-log\\/pe\\u0065rs\"}"),
                        Odd.message(
                                "members nobody knows", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"x\":{\"id\":6}}"),
                        Odd.message(
                                "params that are null", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":null}"),
                        Odd.message(
                                "params where there are none",
                                "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":{\"x\":1}}"),
                        Odd.message(
                                "an empty list of params", "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":[]}"),
                        Odd.message(
                                "nesting as deep as it may",
                                "{\"jsonrpc\":\"2.0\",\"id\":5," + ASK + ",\"params\":{\"x\":" + deep + "}}"),
                        Odd.message("much white space", "{ \"jsonrpc\" :\r\n\t\"2.0\" , \"id\" : 5 ," + ASK + " }"))
                .map(odd -> odd.replies("result 5"));
    }
}
