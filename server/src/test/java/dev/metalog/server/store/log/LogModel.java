package dev.metalog.server.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.store.file.SimulatedDisk;
import dev.metalog.server.store.file.StoreFiles;
import dev.metalog.server.store.file.StoreRefused;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;

/**
 * What tests keep in a log: numbered records that count up from 0, and snapshots that stand for the first so many of them.
 * Each body follows from its number, so a changed one shows.
 */
final class LogModel {
    static final Path HOME = Path.of("/simulated").toAbsolutePath();
    static final DocumentId ID = DocumentId.fromRandom(new byte[16]);
    /** Small enough that a short history has several segments and snapshots. */
    static final DocumentLog.Bounds SMALL = new DocumentLog.Bounds(400, 1 << 20, 900);

    private static final byte NUMBERED = 1;
    private static final byte STANDS_FOR = 2;
    private static final byte FILLER = 3;

    private LogModel() {}

    static DocumentLog open(StoreFiles files) throws StoreRefused {
        return open(files, SMALL, Unwritten.MOST_BYTES);
    }

    static DocumentLog open(StoreFiles files, DocumentLog.Bounds bounds, long roomBytes) throws StoreRefused {
        return DocumentLog.open(place(files), bounds, new Unwritten.Room(roomBytes));
    }

    static DocumentLog.Place place(StoreFiles files) {
        return new DocumentLog.Place(files, folder(), ID);
    }

    static Path folder() {
        return HOME.resolve(ID.value());
    }

    static SimulatedDisk disk() {
        return new SimulatedDisk(HOME);
    }

    static DocumentLog.Appended append(DocumentLog log, int number) throws StoreRefused {
        return log.append(NUMBERED, body(number));
    }

    /** What stands for the first {@code count} records. */
    static RecordSource snapshot(int count) {
        return consumer -> {
            consumer.record(STANDS_FOR, ByteBuffer.allocate(4).putInt(count).array());
            consumer.record(FILLER, body(count));
        };
    }

    /** Writes a snapshot of everything, if one can be begun. Returns whether it was. */
    static boolean compact(DocumentLog log, int count) throws StoreRefused {
        LogSnapshot snapshot = log.beginSnapshot();
        if (snapshot != null) {
            snapshot.write(snapshot(count), LogModel::difference);
        }
        return snapshot != null;
    }

    /** As an owner of records would compare them. */
    static String difference(RecordSource replaced, RecordSource snapshot) throws StoreRefused {
        int before = count(replaced);
        int after = count(snapshot);
        return before == after ? null : before + " records became " + after;
    }

    /** How many records there are; fails when one is changed, missing in between, or out of order. */
    static int count(DocumentLog log) throws StoreRefused {
        return count(log::replay);
    }

    static int count(RecordSource source) throws StoreRefused {
        int[] next = {0};
        source.tell((type, body) -> {
            switch (type) {
                case NUMBERED -> {
                    assertThat(body).as("record " + next[0]).isEqualTo(body(next[0]));
                    next[0]++;
                }
                case STANDS_FOR -> {
                    assertThat(next[0]).as("records before a snapshot").isZero();
                    next[0] = ByteBuffer.wrap(body).getInt();
                }
                case FILLER -> assertThat(body).as("filler").isEqualTo(body(next[0]));
                default -> throw new AssertionError("A record of type " + type + " was never written.");
            }
        });
        return next[0];
    }

    static byte[] body(int number) {
        Random random = new Random(number);
        byte[] body = new byte[4 + random.nextInt(120)];
        random.nextBytes(body);
        ByteBuffer.wrap(body).putInt(number);
        return body;
    }
}
