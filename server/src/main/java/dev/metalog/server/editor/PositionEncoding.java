package dev.metalog.server.editor;

import java.util.List;

/** What a {@code character} of a position counts (LSP 3.17, {@code PositionEncodingKind}). */
public enum PositionEncoding {
    UTF8("utf-8"),
    UTF16("utf-16"),
    UTF32("utf-32");

    private final String lspName;

    PositionEncoding(String lspName) {
        this.lspName = lspName;
    }

    public String lspName() {
        return lspName;
    }

    /** The first of the client's encodings that we know, or else UTF-16, which LSP obliges every client to know. */
    static PositionEncoding negotiate(List<String> offered) {
        for (String name : offered == null ? List.<String>of() : offered) {
            for (PositionEncoding encoding : values()) {
                if (encoding.lspName.equals(name)) {
                    return encoding;
                }
            }
        }
        return UTF16;
    }
}
