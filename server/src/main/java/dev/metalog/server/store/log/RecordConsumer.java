package dev.metalog.server.store.log;

/** Takes the records of a log, in the order in which they were appended. */
@FunctionalInterface
public interface RecordConsumer {
    /** @param body the receiver's to keep */
    void record(byte type, byte[] body);
}
