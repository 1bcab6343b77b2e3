package dev.metalog.editorclients.sidecar;

import dev.metalog.protocol.editor.MetaLogClient;
import org.eclipse.lsp4j.services.LanguageClient;

/** Everything a sidecar can ask or tell its editor: LSP and the notifications beyond it. Must not wait. */
public interface SidecarListener extends LanguageClient, MetaLogClient {}
