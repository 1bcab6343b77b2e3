package dev.metalog.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.VersionVector;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Reaches each bound of what is listened to of one speaker. */
class SpeakerLimitsTest {
    private static final Digest SOME = new Digest(new byte[Digest.BYTES]);
    private static final PeerMessage HELLO = new PeerMessage.Hello(ProtocolRange.OURS, SOME, SOME, true, Extras.NONE);

    private final SpeakerLimits limits = new SpeakerLimits(0);

    private static PeerMessage events(int bytes) {
        return new PeerMessage.Events(new Chunk(new byte[bytes]));
    }

    private int allowed(PeerMessage message, boolean isAwaited, int times, long nowMillis) {
        int allowed = 0;
        for (int i = 0; i < times; i++) {
            allowed += limits.allows(message, isAwaited, nowMillis) ? 1 : 0;
        }
        return allowed;
    }

    @Test
    void batchesAreBoundedAtOnceAndASecond() {
        assertThat(allowed(events(10), false, 5_000, 0)).isEqualTo(Limits.SPEAKER_BATCHES_AT_ONCE);
        assertThat(allowed(events(10), false, 5_000, 1_000)).isEqualTo(Limits.SPEAKER_BATCHES_PER_SECOND);
        assertThat(allowed(events(10), false, 5_000, 500))
                .as("a clock that is set back")
                .isZero();
    }

    @Test
    void bytesAreBoundedAtOnceAndASecond() {
        assertThat(allowed(events(256 << 10), false, 200, 0)).isEqualTo(Limits.SPEAKER_BYTES_AT_ONCE >> 18);
        assertThat(allowed(events(256 << 10), false, 200, 1_000)).isEqualTo(Limits.SPEAKER_BYTES_PER_SECOND >> 18);
    }

    @Test
    void talkIsBoundedByItself() {
        assertThat(allowed(HELLO, false, 2_000, 0)).isEqualTo(Limits.SPEAKER_TALK_AT_ONCE);
        assertThat(allowed(HELLO, false, 2_000, 2_000)).isEqualTo(2 * Limits.SPEAKER_TALK_PER_SECOND);
        assertThat(limits.allows(events(10), false, 2_000))
                .as("events come all the same")
                .isTrue();
    }

    @Test
    void whatWasAskedForComesUpToTheLengthOfAnAnswer() {
        allowed(events(10), false, 5_000, 0);
        PeerMessage part = new PeerMessage.Part(1, false, false, new Chunk(new byte[256 << 10]));
        limits.asked();
        assertThat(allowed(part, true, 100, 0)).isEqualTo(SpeakerLimits.ANSWER_BYTES >> 18);
        assertThat(allowed(part, false, 100, 0)).as("not asked for").isZero();
        limits.asked();
        assertThat(limits.allows(part, true, 0)).isTrue();
    }

    @Test
    void speakersThatWereNotHeardBeforeAreBounded() {
        Sessions sessions = new Sessions(0);
        PeerId peer = new PeerId("peer-" + "a".repeat(40));
        int heard = 0;
        for (int boot = 0; boot < 1_000; boot++) {
            heard += sessions.heard(new Speaker(peer, boot), 0) == null ? 0 : 1;
        }
        assertThat(heard).isEqualTo(Limits.NEW_SPEAKERS_AT_ONCE);
        assertThat(sessions.heard(new Speaker(peer, 0), 0)).as("who is known").isNotNull();
        assertThat(sessions.heard(new Speaker(peer, 5_000), 1_000)).isNotNull();
    }

    @Test
    void whatOthersHaveIsBoundedAndWhoSaysMostIsForgotten() {
        Sessions sessions = new Sessions(0);
        PeerSession modest = sessions.heard(new Speaker(new PeerId("peer-" + "b".repeat(40)), 1), 0);
        sessions.hasMore(modest, vector("m", 100), VersionVector.EMPTY);
        for (int boot = 0; boot < 20; boot++) {
            Speaker liar = new Speaker(new PeerId("peer-" + "c".repeat(40)), boot);
            sessions.hasMore(sessions.heard(liar, 0), vector("r" + boot, 5_000), VersionVector.EMPTY);
            assertThat(sessions.ahead()).isLessThanOrEqualTo(Limits.AHEAD_REPLICAS);
        }
        assertThat(modest.vector()).isEqualTo(vector("m", 100));
        PeerSession one = sessions.heard(new Speaker(new PeerId("peer-" + "d".repeat(40)), 1), 0);
        sessions.hasMore(one, vector("x", Limits.VECTOR_REPLICAS), VersionVector.EMPTY);
        assertThat(sessions.ahead()).isLessThanOrEqualTo(Limits.AHEAD_REPLICAS);
    }

    private static VersionVector vector(String prefix, int replicas) {
        TreeMap<ReplicaId, Integer> all = new TreeMap<>();
        for (int i = 0; i < replicas; i++) {
            all.put(new ReplicaId(prefix + "-" + i), 1 + i);
        }
        return new VersionVector(all);
    }
}
