package dev.metalog.server.editor;

import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.protocol.editor.PresenceMessages;

/**
 * What an editor said in {@code initialize}.
 *
 * @param workspaceUri {@code workspaceFolders[0].uri}, or else {@code rootUri}; absent (null) when there is neither
 * @param positionEncoding the negotiated one, which holds for all positions of the session
 * @param editorName for people, such as {@code Emacs 28.2}; absent (null) for a stock client that does not say
 * @param broker where the editor wants peers to be met
 * @param protocolVersion the client's version of our protocol; absent (null) for a stock LSP client
 * @param clientProcessId the editor's process on this machine; may be absent (null)
 * @param presence whether the editor is to be told where others look; absent (null) when it is not
 */
public record InitializeInfo(
        String workspaceUri,
        PositionEncoding positionEncoding,
        String editorName,
        BrokerChoice broker,
        Integer protocolVersion,
        Long clientProcessId,
        PresenceMessages.Wish presence) {}
