package dev.metalog.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WriterProof;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignedEventsCodecTest {
    private final Random random = new Random(7);

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private WriterProof proof(byte[] certificate, int bridge, int hashes) {
        return new WriterProof(certificate, bytes(10), 5, 77, bytes(bridge), bytes(32 * hashes), bytes(64));
    }

    private Signed signed() {
        Event ann = Event.insertion(new EventId(new ReplicaId("ann"), 0), List.of(), 0, "hello");
        Event ben = Event.insertion(new EventId(new ReplicaId("ben"), 3), List.of(ann.lastId()), 5, "!");
        Event cleo = Event.deletion(new EventId(new ReplicaId("cleo"), 0), List.of(ben.lastId()), 0, 2);
        EventRuns runs = BundleCodec.toRuns(new Bundle(List.of(ann, ben, cleo)));
        byte[] shared = bytes(WriterProof.CERTIFICATE_BYTES);
        return new Signed(
                runs,
                List.of(
                        proof(shared, 0, 0),
                        proof(bytes(WriterProof.CERTIFICATE_BYTES), 20, 3),
                        proof(shared, Limits.PROOF_BRIDGE_BYTES, Limits.PROOF_PATH_HASHES)));
    }

    @Test
    void whatWasWrittenIsRead() throws Exception {
        byte[] bytes = SignedEventsCodec.encode(signed());
        Signed read = SignedEventsCodec.decode(bytes);
        assertThat(SignedEventsCodec.encode(read)).isEqualTo(bytes);
        assertThat(read.proofs()).hasSize(3);
        assertThat(SignedEventsCodec.isSigned(bytes, 0)).isTrue();
        assertThat(SignedEventsCodec.isSigned(BundleCodec.encode(read.runs()), 0))
                .isFalse();
    }

    @Test
    void whatIsCutOffOrChangedIsRefusedOrHasOneForm() throws Exception {
        byte[] bytes = SignedEventsCodec.encode(signed());
        for (int length = 0; length < bytes.length; length += 1 + length / 50) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> SignedEventsCodec.decode(cut)).isInstanceOf(MalformedBundleException.class);
        }
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = bytes.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(SignedEventsCodec.encode(SignedEventsCodec.decode(changed)))
                        .isEqualTo(changed);
            } catch (MalformedBundleException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void proofsAloneComeInRowsThatARecordHolds() throws Exception {
        List<NamedProof> proofs = new ArrayList<>();
        byte[] certificate = bytes(WriterProof.CERTIFICATE_BYTES);
        for (int i = 0; i < 5_000; i++) {
            proofs.add(new NamedProof(new ReplicaId("writer-" + i), i + 1, proof(certificate, i % 7, i % 3)));
        }
        List<byte[]> rows = NamedProofsCodec.encode(proofs);
        assertThat(rows).hasSizeGreaterThan(1).allMatch(row -> row.length < NamedProofsCodec.ABOUT_BYTES + 20_000);
        List<NamedProof> read = new ArrayList<>();
        for (byte[] row : rows) {
            read.addAll(NamedProofsCodec.decode(row));
        }
        assertThat(read).hasSize(proofs.size());
        assertThat(NamedProofsCodec.encode(read)).hasSize(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            assertThat(NamedProofsCodec.encode(read).get(i)).isEqualTo(rows.get(i));
        }
    }
}
