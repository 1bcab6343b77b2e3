package dev.metalog.server.store.log;

import dev.metalog.server.store.file.StoreRefused;

/** Records that can be told, as often as somebody asks. */
@FunctionalInterface
public interface RecordSource {
    void tell(RecordConsumer consumer) throws StoreRefused;
}
