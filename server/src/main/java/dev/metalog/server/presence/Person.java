package dev.metalog.server.presence;

import dev.metalog.protocol.Attention;
import dev.metalog.protocol.PeerId;

/**
 * Somebody who is in a document, as one editor is to show it.
 *
 * @param name what it calls itself, or empty
 * @param carets in the text that the editor shows; none while it is not known where they are
 * @param colour from 0 to before {@link Company#COLOURS}; nobody else who is here has it, as long as there are enough
 */
public record Person(PeerId peer, String name, Attention attention, Carets carets, int colour) {}
