/** Keeps what was seen of each peer, in each thing that is shared with it, and whom the person blocked. */
package dev.metalog.server.peers;
