package dev.metalog.editorclients.headless;

import dev.metalog.editorclients.text.TextChange;

/** A place that moves with the text, behind what is inserted right at it. */
final class Caret {
    private int at;

    Caret(int at) {
        this.at = at;
    }

    int at() {
        return at;
    }

    void moveWith(TextChange change) {
        if (at >= change.at()) {
            at = Math.max(change.at(), at - change.length()) + change.text().length();
        }
    }
}
