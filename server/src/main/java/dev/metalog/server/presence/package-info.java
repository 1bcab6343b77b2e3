/** Keeps where people look in a document: our own, to be said to others, and that of others, to be shown. */
package dev.metalog.server.presence;
