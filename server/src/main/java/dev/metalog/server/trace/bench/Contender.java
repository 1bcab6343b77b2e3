package dev.metalog.server.trace.bench;

/** One library, ready to work on one trace. */
interface Contender extends AutoCloseable {
    String name();

    /** Does the operation once. A run that ends in a text that it must not end in has failed. */
    Reading run(Operation operation) throws RunFailedException;

    @Override
    void close();
}
