/** The conversation about each document: who has what, what to send, what waits for its parents. */
package dev.metalog.server.sync;
