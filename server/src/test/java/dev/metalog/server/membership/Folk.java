package dev.metalog.server.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.codec.MembershipCodec;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** People with devices, and what an owner can sign, sense or nonsense. */
public final class Folk {
    private Folk() {}

    public static byte[] random(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    public static PeerIdentity person(long seed) {
        return PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(random(new Random(seed), 32)), "");
    }

    public static DeviceKey device(PeerIdentity person, long seed) {
        return DeviceKey.create(person, random(new Random(seed), DeviceKey.RANDOM_BYTES), 1);
    }

    public static MemberName name(String name) {
        return new MemberName(name);
    }

    public static DocumentId document(int number) {
        byte[] id = new byte[16];
        id[14] = (byte) (number >> 8);
        id[15] = (byte) number;
        return DocumentId.fromRandom(id);
    }

    static Pin pin(int document, String replica, int nextSeq) {
        return new Pin(document(document), new ReplicaId(replica), nextSeq);
    }

    static List<Pin> pins(int count) {
        List<Pin> pins = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pins.add(pin(i % 7, "run" + i, i + 1));
        }
        return pins;
    }

    /** A record as somebody makes it who checks nothing. */
    public static byte[] signed(PeerIdentity signer, MembershipRecord record) {
        return signed(signer, record, SigningDomain.MEMBERSHIP);
    }

    public static byte[] signed(PeerIdentity signer, MembershipRecord record, SigningDomain domain) {
        byte[] content = MembershipCodec.content(record);
        return MembershipCodec.encode(content, signer.signBytes(domain, content));
    }

    public static byte[] next(PeerIdentity signer, MembershipLog log, MembershipChange change) {
        return signed(signer, new MembershipRecord(log.workspace(), log.next(), log.head(), 9, change));
    }

    static MembershipRecord read(byte[] record) {
        try {
            return MembershipCodec.decode(record).record();
        } catch (dev.metalog.protocol.codec.MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    public static Chunk chunk(int length) {
        return new Chunk(new byte[length]);
    }

    public static Chunk form(DeviceCertificate certificate) {
        return new Chunk(certificate.encode());
    }

    /** A workspace of one owner, on one machine, as its owner's device has it. */
    public static final class Office {
        public final PeerIdentity owner;
        public final DeviceKey device;
        public final MembershipWriter writer;
        public final MembershipLog log;
        public final Random random;
        int minutes = 10;

        public Office(long seed) {
            random = new Random(seed);
            owner = person(seed);
            device = device(owner, seed);
            writer = new MembershipWriter(owner, device);
            MembershipWriter.Begun begun = writer.begin(name("Olga"), bytes(32), bytes(64), minutes);
            log = new MembershipLog(begun.workspace());
            take(List.of(begun.record()));
        }

        public byte[] bytes(int count) {
            return random(random, count);
        }

        public WorkspaceId workspace() {
            return log.workspace();
        }

        public void add(DeviceKey who, dev.metalog.protocol.membership.MemberRole role) {
            take(writer.add(log, who.certificate(), name("N"), role, bytes(64), ++minutes));
        }

        void remove(PeerId peer, List<Pin> pins) {
            take(writer.remove(log, peer, pins, bytes(64), ++minutes));
        }

        public void take(List<byte[]> records) {
            if (records.isEmpty()) {
                throw new AssertionError("Nothing was written.");
            }
            for (byte[] record : records) {
                Accepted accepted = log.accept(record);
                if (!(accepted instanceof Accepted.Added)) {
                    throw new AssertionError(accepted.toString());
                }
            }
        }

        /** Another replica with the same chain. */
        MembershipLog copy() {
            MembershipLog copy = new MembershipLog(workspace());
            log.records(0, Integer.MAX_VALUE).forEach(copy::accept);
            return copy;
        }

        Digest head() {
            return log.head();
        }
    }
}
