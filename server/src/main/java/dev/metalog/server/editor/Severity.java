package dev.metalog.server.editor;

/** How {@code window/showMessage} shows a text. */
public enum Severity {
    ERROR(1),
    WARNING(2),
    INFO(3),
    LOG(4);

    private final int lspType;

    Severity(int lspType) {
        this.lspType = lspType;
    }

    int lspType() {
        return lspType;
    }
}
