package dev.metalog.server.editor.frame;

import java.util.BitSet;

/**
 * Walks over JSON text by the grammar of RFC 8259 and keeps nothing. It does not recurse: which bracket is open at each
 * depth is one bit, so text that nests a million deep costs 128 KiB and no stack.
 */
final class JsonScanner {
    /** What {@link #object} finds. */
    interface Member {
        /**
         * @param name without its quotes and escapes
         * @param value the JSON text of the value
         */
        void found(String name, String value);
    }

    /** The text breaks the grammar. */
    static final class NotJson extends Exception {
        NotJson(String why) {
            super(why);
        }
    }

    private final String text;
    private int at;
    private final BitSet objectAtDepth = new BitSet();
    private int depth;
    private int deepest;

    JsonScanner(String text) {
        this.text = text;
    }

    int deepest() {
        return deepest;
    }

    boolean startsObject() {
        space();
        return at < text.length() && text.charAt(at) == '{';
    }

    /** The object that starts here, member by member. */
    void object(Member member) throws NotJson {
        take('{');
        open(true);
        space();
        if (peek() != '}') {
            member(member);
            while (peek() == ',') {
                at++;
                member(member);
            }
        }
        take('}');
        depth--;
    }

    private void member(Member member) throws NotJson {
        space();
        int nameAt = at;
        string();
        String name = unquote(text.substring(nameAt, at));
        space();
        take(':');
        space();
        int valueAt = at;
        value();
        member.found(name, text.substring(valueAt, at));
        space();
    }

    void end() throws NotJson {
        space();
        if (at < text.length()) {
            throw unexpected("the end");
        }
    }

    /** One value with all that is in it. */
    void value() throws NotJson {
        int outside = depth;
        do {
            space();
            char c = peek();
            if (c == '{' || c == '[') {
                at++;
                open(c == '{');
                space();
                if (peek() != closing()) {
                    nameIfObject();
                    continue;
                }
            } else {
                scalar(c);
            }
            closeAndComma(outside);
        } while (depth > outside);
    }

    /** Behind a value: closes what is complete, and stops behind the comma of what is not. */
    private void closeAndComma(int outside) throws NotJson {
        while (depth > outside) {
            space();
            char c = peek();
            if (c == ',') {
                at++;
                nameIfObject();
                return;
            }
            take(closing());
            depth--;
        }
    }

    private void nameIfObject() throws NotJson {
        if (objectAtDepth.get(depth)) {
            space();
            string();
            space();
            take(':');
        }
    }

    private void open(boolean object) {
        depth++;
        deepest = Math.max(deepest, depth);
        objectAtDepth.set(depth, object);
    }

    private char closing() {
        return objectAtDepth.get(depth) ? '}' : ']';
    }

    private void scalar(char c) throws NotJson {
        switch (c) {
            case '"' -> string();
            case 't' -> word("true");
            case 'f' -> word("false");
            case 'n' -> word("null");
            default -> number();
        }
    }

    private void word(String word) throws NotJson {
        if (!text.startsWith(word, at)) {
            throw unexpected("a value");
        }
        at += word.length();
    }

    private void number() throws NotJson {
        if (peek() == '-') {
            at++;
        }
        if (peek() == '0') {
            at++;
        } else {
            digits();
        }
        if (at < text.length() && text.charAt(at) == '.') {
            at++;
            digits();
        }
        if (at < text.length() && (text.charAt(at) | 0x20) == 'e') {
            at++;
            if (peek() == '+' || peek() == '-') {
                at++;
            }
            digits();
        }
    }

    private void digits() throws NotJson {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == from) {
            throw unexpected("a value");
        }
    }

    private void string() throws NotJson {
        take('"');
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return;
            }
            if (c < ' ') {
                at--;
                throw unexpected("no control character in a string");
            }
            if (c == '\\') {
                escape();
            }
        }
    }

    private void escape() throws NotJson {
        char c = peek();
        if ("\"\\/bfnrtu".indexOf(c) < 0) {
            throw unexpected("an escape");
        }
        at++;
        for (int i = 0; c == 'u' && i < 4; i++, at++) {
            if (Character.digit(peek(), 16) < 0 || peek() > 'f') {
                throw unexpected("a hexadecimal digit");
            }
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private void take(char expected) throws NotJson {
        if (peek() != expected) {
            throw unexpected("'" + expected + "'");
        }
        at++;
    }

    private char peek() throws NotJson {
        if (at >= text.length()) {
            throw new NotJson("it ends where more is expected, after " + text.length() + " characters.");
        }
        return text.charAt(at);
    }

    private NotJson unexpected(String expected) {
        return new NotJson("expected " + expected + " at character " + at + ".");
    }

    /** The text that a scanned JSON string stands for. */
    static String unquote(String quoted) {
        if (quoted.indexOf('\\') < 0) {
            return quoted.substring(1, quoted.length() - 1);
        }
        StringBuilder plain = new StringBuilder(quoted.length());
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = quoted.charAt(++i);
            switch (escape) {
                case 'b' -> plain.append('\b');
                case 'f' -> plain.append('\f');
                case 'n' -> plain.append('\n');
                case 'r' -> plain.append('\r');
                case 't' -> plain.append('\t');
                case 'u' -> {
                    plain.append((char) Integer.parseInt(quoted.substring(i + 1, i + 5), 16));
                    i += 4;
                }
                default -> plain.append(escape);
            }
        }
        return plain.toString();
    }
}
