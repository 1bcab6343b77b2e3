package dev.metalog.server.membership.invite;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;

/** A document that whoever is let in may open. */
public record Invited(DocumentId document, DocumentPath path) {}
