/** The byte forms of bundles, whole documents and peer messages: one value, one form, and everything checked on reading. */
package dev.metalog.protocol.codec;
