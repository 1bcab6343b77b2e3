package dev.metalog.server.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.codec.MembershipCodec;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.identity.Derivation;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.identity.SigningDomain;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes the records of a workspace that this identity owns. What it writes is to be taken in by {@link MembershipLog#accept},
 * in its order, which says what is wrong with it, as of anybody's.
 */
public final class MembershipWriter {
    /** How many random bytes each of these methods is handed: a new key, and what it is sealed with. */
    public static final int RANDOM_BYTES = 64;

    private static final int HALF = RANDOM_BYTES / 2;

    private final PeerIdentity owner;
    private final DeviceKey device;

    /** @param device this machine's, of the same identity */
    public MembershipWriter(PeerIdentity owner, DeviceKey device) {
        this.owner = owner;
        this.device = device;
    }

    /** A workspace that is about to be: its id, and the record to begin it with. */
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    public record Begun(WorkspaceId workspace, byte[] record) {}

    /**
     * Begins a workspace.
     *
     * @param name of the owner
     * @param nonce {@value WorkspaceId#NONCE_BYTES} random bytes, which are told to the members
     * @param random {@value #RANDOM_BYTES} others
     */
    public Begun begin(MemberName name, byte[] nonce, byte[] random, int minutes) {
        WorkspaceId workspace = WorkspaceId.of(owner.peerId(), nonce);
        EpochKey key = new EpochKey(workspace, 1, Arrays.copyOf(random, HALF));
        DeviceCertificate own = device.certificate();
        MembershipChange genesis = new MembershipChange.Genesis(
                new Chunk(own.encode()), name, new Chunk(nonce.clone()), key.check(), sealed(key, own, random));
        return new Begun(
                workspace, signed(new MembershipRecord(workspace, 0, MembershipRecord.NOTHING, minutes, genesis)));
    }

    /**
     * Lets a device in.
     *
     * @return the records; none when the chain is full, or this device was not given the epoch's key
     */
    public List<byte[]> add(
            MembershipLog log,
            DeviceCertificate certificate,
            MemberName name,
            MemberRole role,
            byte[] random,
            int minutes) {
        Optional<EpochKey> key = log.epochKey(log.epoch(), device);
        if (key.isEmpty()) {
            return List.of();
        }
        Chunk sealed = sealed(key.get(), certificate, random);
        Chunk form = new Chunk(certificate.encode());
        return chained(log, minutes, List.of(), null, new MembershipChange.Add(form, name, role, sealed));
    }

    /**
     * Changes what a device may do.
     *
     * @param pins what it wrote until now, if it may not write any longer; any number, in any order
     * @return the records; none when the chain is full, or the device is no member
     */
    public List<byte[]> setRole(MembershipLog log, DeviceId changed, MemberRole role, List<Pin> pins, int minutes) {
        return log.member(changed)
                .map(member -> chained(
                        log, minutes, pins, member.peer(), new MembershipChange.SetRole(changed, role, last(pins))))
                .orElse(List.of());
    }

    /**
     * Puts a person out, with all devices, and begins a new epoch without them.
     *
     * @param pins what they wrote until now; any number, in any order
     * @return the records; none when the chain is full, or nobody would be left
     */
    public List<byte[]> remove(MembershipLog log, PeerId peer, List<Pin> pins, byte[] random, int minutes) {
        int epoch = log.epoch() + 1;
        EpochKey key = new EpochKey(log.workspace(), epoch, Arrays.copyOf(random, HALF));
        List<KeyWrap> wraps = log.members().stream()
                .filter(member -> !member.peer().equals(peer))
                .map(member -> new KeyWrap(member.device(), sealed(key, member.certificate(), random)))
                .toList();
        if (wraps.isEmpty()) {
            return List.of();
        }
        MembershipChange removal = new MembershipChange.Remove(peer, last(pins), epoch, key.check(), wraps);
        return chained(log, minutes, pins, peer, removal);
    }

    /**
     * Lets more count of what somebody wrote who went out: what a member had taken in before it heard of that.
     *
     * @param pins any number, in any order
     * @return the records; none when the chain is full, or there are no pins
     */
    public List<byte[]> morePins(MembershipLog log, PeerId peer, List<Pin> pins, int minutes) {
        return pins.isEmpty()
                ? List.of()
                : chained(log, minutes, pins, peer, new MembershipChange.MorePins(peer, last(pins)));
    }

    /**
     * Makes a change again that was lost because the owner had signed two records for one place.
     *
     * @return the records; none when it is not needed any longer, or cannot be made
     */
    public List<byte[]> again(MembershipLog log, MembershipRecord lost, byte[] random, int minutes) {
        return lost.change().dispatch(new Again(log, random, minutes));
    }

    private final class Again implements MembershipChange.Handler<List<byte[]>> {
        private final MembershipLog log;
        private final byte[] random;
        private final int minutes;

        private Again(MembershipLog log, byte[] random, int minutes) {
            this.log = log;
            this.random = random;
            this.minutes = minutes;
        }

        @Override
        public List<byte[]> genesis(MembershipChange.Genesis change) {
            return List.of();
        }

        @Override
        public List<byte[]> add(MembershipChange.Add change) {
            return Link.certificate(change.certificate())
                    .filter(certificate -> log.certificate(certificate.device()).isEmpty())
                    .map(certificate ->
                            MembershipWriter.this.add(log, certificate, change.name(), change.role(), random, minutes))
                    .orElse(List.of());
        }

        @Override
        public List<byte[]> setRole(MembershipChange.SetRole change) {
            boolean isNeeded = log.role(change.device())
                    .filter(role -> role != change.role())
                    .isPresent();
            return isNeeded
                    ? MembershipWriter.this.setRole(log, change.device(), change.role(), change.pins(), minutes)
                    : List.of();
        }

        @Override
        public List<byte[]> morePins(MembershipChange.MorePins change) {
            return log.roleOf(change.peer()).isEmpty() ? List.of() : chained(log, minutes, List.of(), null, change);
        }

        @Override
        public List<byte[]> remove(MembershipChange.Remove change) {
            return log.roleOf(change.peer()).isEmpty()
                    ? List.of()
                    : MembershipWriter.this.remove(log, change.peer(), change.pins(), random, minutes);
        }
    }

    private static List<Pin> last(List<Pin> pins) {
        List<Pin> sorted = List.copyOf(new TreeSet<>(pins));
        int overflow = Math.max(0, sorted.size() - Limits.MEMBERSHIP_PINS);
        return sorted.subList(overflow, sorted.size());
    }

    /** Pins that do not fit into the change go before it, into records of their own. */
    private List<byte[]> chained(
            MembershipLog log, int minutes, List<Pin> pins, PeerId pinned, MembershipChange change) {
        List<MembershipChange> all = new ArrayList<>();
        List<Pin> sorted = List.copyOf(new TreeSet<>(pins));
        int before = Math.max(0, sorted.size() - Limits.MEMBERSHIP_PINS);
        for (int from = 0; from < before; from += Limits.MEMBERSHIP_PINS) {
            int to = Math.min(before, from + Limits.MEMBERSHIP_PINS);
            all.add(new MembershipChange.MorePins(pinned, sorted.subList(from, to)));
        }
        all.add(change);
        if (log.isFull() || log.next() + all.size() > Limits.MEMBERSHIP_RECORDS) {
            return List.of();
        }
        List<byte[]> records = new ArrayList<>();
        Digest previous = log.head();
        for (MembershipChange each : all) {
            int number = log.next() + records.size();
            MembershipRecord record = new MembershipRecord(log.workspace(), number, previous, minutes, each);
            records.add(signed(record));
            previous = Link.sha256(MembershipCodec.content(record));
        }
        return records;
    }

    private byte[] signed(MembershipRecord record) {
        byte[] content = MembershipCodec.content(record);
        return MembershipCodec.encode(content, owner.signBytes(SigningDomain.MEMBERSHIP, content));
    }

    /** One seed serves all devices: each gets bytes of its own out of it. */
    private static Chunk sealed(EpochKey key, DeviceCertificate certificate, byte[] random) {
        if (random.length != RANDOM_BYTES) {
            throw new IllegalArgumentException("A record takes " + RANDOM_BYTES + " random bytes.");
        }
        byte[] seed = Arrays.copyOfRange(random, HALF, RANDOM_BYTES);
        return key.sealedFor(
                certificate,
                Derivation.of("meta-log/wrap-seed/1", seed)
                        .bytes("device " + certificate.device().value()));
    }
}
