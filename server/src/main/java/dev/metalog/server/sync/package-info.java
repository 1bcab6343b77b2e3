/** The conversation about each thing that is shared: who has what, what to send, what waits for its parents. */
package dev.metalog.server.sync;
