package dev.metalog.editorclients.sidecar;

import dev.metalog.protocol.editor.MetaLogServer;
import dev.metalog.protocol.editor.PresenceServer;
import org.eclipse.lsp4j.services.LanguageServer;

/** Everything a sidecar can be asked: LSP and the requests beyond it. */
public interface Sidecar extends LanguageServer, MetaLogServer, PresenceServer {}
