package dev.metalog.protocol.codec;

/** Bytes that are not a saved document. Nothing of them was kept. */
public final class MalformedDocumentException extends Exception {
    MalformedDocumentException(String why) {
        super("Not a saved document: " + why + ".");
    }

    MalformedDocumentException(MalformedColumnsException cause) {
        super("Not a saved document: " + cause.getMessage(), cause);
    }
}
