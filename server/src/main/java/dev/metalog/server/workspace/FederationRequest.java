package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.FederationMessages;

/** What may be asked to be sent in public, signed. */
public sealed interface FederationRequest {
    /** {@code meta-log/sendFile} */
    record SendFile(FederationMessages.SendFileParams params) implements FederationRequest {}

    /** {@code meta-log/sendMessage} */
    record SendMessage(FederationMessages.SendMessageParams params) implements FederationRequest {}

    /** One method for each kind. */
    interface Handler {
        void sendFile(SendFile request);

        void sendMessage(SendMessage request);
    }

    default void dispatch(Handler handler) {
        if (this instanceof SendFile sendFile) {
            handler.sendFile(sendFile);
        } else {
            handler.sendMessage((SendMessage) this);
        }
    }
}
