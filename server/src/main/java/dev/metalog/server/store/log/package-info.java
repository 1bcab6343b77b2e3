/** Keeps the records of one document in files that only grow, finds what is wrong with them, and replaces old ones by a snapshot without ever having less than the whole. */
package dev.metalog.server.store.log;
