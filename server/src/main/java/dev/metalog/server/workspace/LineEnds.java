package dev.metalog.server.workspace;

/** Shared text has {@code \n} line ends; a lone {@code \r} is an ordinary character that happens to end a line. */
final class LineEnds {
    private LineEnds() {}

    static String shared(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n");
    }
}
