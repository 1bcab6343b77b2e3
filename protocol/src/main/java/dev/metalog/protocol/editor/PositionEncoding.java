package dev.metalog.protocol.editor;

import java.util.List;

/** What the {@code character} of an LSP position counts within its line (LSP 3.17, PositionEncodingKind). */
public enum PositionEncoding {
    UTF_8("utf-8"),
    UTF_16("utf-16"),
    UTF_32("utf-32");

    private final String lspName;

    PositionEncoding(String lspName) {
        this.lspName = lspName;
    }

    public String lspName() {
        return lspName;
    }

    /** The first encoding of the client's list that we know; utf-16 where the list is absent or names none of ours. */
    public static PositionEncoding choose(List<String> offered) {
        if (offered != null) {
            for (String name : offered) {
                for (PositionEncoding encoding : values()) {
                    if (encoding.lspName.equals(name)) {
                        return encoding;
                    }
                }
            }
        }
        return UTF_16;
    }
}
