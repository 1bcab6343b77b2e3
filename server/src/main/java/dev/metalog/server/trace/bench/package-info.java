/** Measures the event graph on recorded histories, beside other libraries on the same machine at the same time. */
package dev.metalog.server.trace.bench;
