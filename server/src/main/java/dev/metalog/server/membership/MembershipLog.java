package dev.metalog.server.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The chain of records that a workspace's owner signs, and who belongs to the workspace by it. Records come from anybody, in
 * any order; only what the owner signed counts.
 *
 * <p><b>Two records for one place.</b> An owner who works on two machines that do not hear of each other, or on one that was
 * set back to an old state, signs two records after the same one. Every replica has to end with the same of the two,
 * whichever it heard of first, and without keeping every branch there ever was. So the rule looks at the first two records that
 * differ and at nothing behind them: of two that the owner signed for one place, and that both could stand there, <em>the
 * one with the earlier minute stays; of one minute, the one with the smaller SHA-256</em>. The chain is then a
 * function of the set of records: at each place, the first by that order of those which fit what stands before them. A record that
 * wins throws out the one in its place and all behind that one; a record that loses can be forgotten, and with it
 * whatever was built on it, because nothing behind it could turn the decision. The earlier minute comes first because a machine
 * that was set back makes the later record, and the long chain that everybody has outlives it.
 *
 * <p>What was thrown out is not undone by that: each such change is handed out, and the owner's device makes it again, behind
 * the chain that stayed. Until it has, somebody whom only a lost record removed is back in. Both records are kept as
 * evidence: {@value Limits#MEMBERSHIP_FORKS} at most, later ones are counted.
 *
 * <p><b>What counts of what was written.</b> {@link #counts} depends on the chain and the event alone, not on when either came.
 * So replicas with the same chain agree, also about who was removed while its events were under way.
 *
 * <p>A record costs one or two milliseconds to check. One thread at a time.
 */
public final class MembershipLog {
    private final WorkspaceId workspace;
    private final List<Link> chain = new ArrayList<>();
    private final Map<Digest, Link> outdone = new LinkedHashMap<>();
    private Roster roster;
    private long bytes;
    private int forks;

    public MembershipLog(WorkspaceId workspace) {
        this.workspace = workspace;
        this.roster = new Roster(workspace);
    }

    /** Takes a record in, if it is one of the chain's. */
    public Accepted accept(byte[] record) {
        Link link;
        try {
            link = Link.read(record);
        } catch (MalformedMessageException e) {
            return new Accepted.Refused(Refusal.MALFORMED);
        }
        if (!link.record().workspace().equals(workspace)) {
            return new Accepted.Refused(Refusal.FOREIGN);
        }
        if (link.number() < chain.size() && chain.get(link.number()).digest().equals(link.digest())) {
            return new Accepted.Known();
        }
        if (chain.isEmpty() && link.number() > 0) {
            return new Accepted.Gap(0);
        }
        if (!chain.isEmpty() && !roster.owner().equals(link.signer())) {
            // Before anything is asked for: who cannot sign cannot make us ask, either.
            return new Accepted.Refused(Refusal.NOT_THE_OWNERS);
        }
        return place(link);
    }

    private Accepted place(Link link) {
        int number = link.number();
        if (outdone.containsKey(link.record().previous())) {
            return outdone(link, false);
        }
        if (number > chain.size()) {
            return new Accepted.Gap(chain.size());
        }
        if (number > 0 && !chain.get(number - 1).digest().equals(link.record().previous())) {
            return new Accepted.Gap(number - 1);
        }
        if (number == chain.size()) {
            return append(link);
        }
        return isBefore(link, chain.get(number)) ? replace(link) : outdone(link, true);
    }

    private Accepted append(Link link) {
        Refusal refusal = admit(roster, bytes, link);
        if (refusal != null) {
            return new Accepted.Refused(refusal);
        }
        add(link);
        return new Accepted.Added();
    }

    private static Refusal admit(Roster roster, long bytesBefore, Link link) {
        boolean fits = bytesBefore + link.bytes().length <= Limits.MEMBERSHIP_BYTES;
        return fits ? roster.admit(link) : Refusal.FULL;
    }

    private void add(Link link) {
        chain.add(link);
        bytes += link.bytes().length;
    }

    /** The rule of the essay above. */
    private static boolean isBefore(Link one, Link other) {
        int minutes = Integer.compare(one.record().minutes(), other.record().minutes());
        return minutes != 0
                ? minutes < 0
                : Arrays.compareUnsigned(one.digest().bytes(), other.digest().bytes()) < 0;
    }

    private Accepted replace(Link link) {
        Roster before = new Roster(workspace);
        List<Link> kept = List.copyOf(chain.subList(0, link.number()));
        kept.forEach(before::admit);
        Refusal refusal =
                admit(before, kept.stream().mapToLong(one -> one.bytes().length).sum(), link);
        if (refusal != null) {
            return new Accepted.Refused(refusal);
        }
        List<Link> lost = List.copyOf(chain.subList(link.number(), chain.size()));
        roster = before;
        chain.clear();
        bytes = 0;
        kept.forEach(this::add);
        add(link);
        forks++;
        lost.forEach(this::remember);
        return new Accepted.Switched(lost.stream().map(Link::record).toList());
    }

    private Accepted outdone(Link link, boolean forks) {
        if (!outdone.containsKey(link.digest())) {
            this.forks += forks ? 1 : 0;
            remember(link);
        }
        return new Accepted.Outdone(link.record());
    }

    private void remember(Link link) {
        if (outdone.size() < Limits.MEMBERSHIP_FORKS) {
            outdone.put(link.digest(), link);
        }
    }

    public WorkspaceId workspace() {
        return workspace;
    }

    /** Whether there are so many records that nobody comes in or goes out any more. */
    public boolean isFull() {
        return chain.size() >= Limits.MEMBERSHIP_RECORDS
                || bytes + Limits.MEMBERSHIP_RECORD_BYTES > Limits.MEMBERSHIP_BYTES;
    }

    /** How many records there are: the number of the next one. */
    public int next() {
        return chain.size();
    }

    /** SHA-256 of the last record's signed bytes: who has the same has the same chain. */
    public Digest head() {
        return chain.isEmpty()
                ? MembershipRecord.NOTHING
                : chain.get(chain.size() - 1).digest();
    }

    /** The SHA-256 of one record of the chain. */
    public Digest digest(int number) {
        return chain.get(number).digest();
    }

    /** The SHA-256 of every record that was taken in: the chain's, and those that are kept as evidence. */
    public List<Digest> digests() {
        List<Digest> all = new ArrayList<>(outdone.keySet());
        chain.forEach(link -> all.add(link.digest()));
        return all;
    }

    /** Records to send to who lacks them, oldest first: as many as fit, and one at least. Not copies. */
    public List<byte[]> records(int from, int mostBytes) {
        List<byte[]> records = new ArrayList<>();
        long size = 0;
        for (int i = Math.max(0, from); i < chain.size(); i++) {
            size += chain.get(i).bytes().length;
            if (size > mostBytes && !records.isEmpty()) {
                break;
            }
            records.add(chain.get(i).bytes());
        }
        return records;
    }

    /** How often the owner signed two records for one place, as far as was heard. */
    public int forks() {
        return forks;
    }

    /** The records that another one of the owner's took the place of, as they came; each is proof with the chain. Not copies. */
    public List<byte[]> evidence() {
        return outdone.values().stream().map(Link::bytes).toList();
    }

    /** Empty before the first record. */
    public Optional<PeerId> owner() {
        return Optional.ofNullable(roster.owner());
    }

    /** Who belongs to it now, in the order of the devices. */
    public List<Member> members() {
        return List.copyOf(roster.members().values());
    }

    public Optional<Member> member(DeviceId device) {
        return Optional.ofNullable(roster.members().get(device));
    }

    /** Empty for a device that is no member. */
    public Optional<MemberRole> role(DeviceId device) {
        return member(device).map(Member::role);
    }

    /** The most that a device of this person may; empty when none is a member. */
    public Optional<MemberRole> roleOf(PeerId peer) {
        return roster.members().values().stream()
                .filter(member -> member.peer().equals(peer))
                .map(Member::role)
                .min(MemberRole::compareTo);
    }

    /** Whether a device may write now. */
    public boolean mayWrite(DeviceId device) {
        return role(device).filter(MemberRole::mayWrite).isPresent();
    }

    /** Persons who went out and have no device that is a member. */
    public List<PeerId> gone() {
        return roster.gonePeers();
    }

    /** How far one run of somebody counts who may not write any longer. */
    public int pin(PeerId peer, DocumentId document, ReplicaId replica) {
        return roster.pin(peer, document, replica);
    }

    /** By how many records more counts of somebody who is out than when that was decided. */
    public int laterPins(PeerId peer) {
        return roster.laterPins(peer);
    }

    /** The certificate of a device that is a member, or was: what it signed while it was still counts, up to its pins. */
    public Optional<DeviceCertificate> certificate(DeviceId device) {
        return member(device).map(Member::certificate).or(() -> Optional.ofNullable(roster.gone(device)));
    }

    /**
     * How many events of one run of a device count in a document: all ({@link Integer#MAX_VALUE}) while it may write; those
     * below its pin afterwards; none of a device that never was a member.
     */
    public int counts(DeviceId device, DocumentId document, ReplicaId replica) {
        return mayWrite(device)
                ? Integer.MAX_VALUE
                : certificate(device)
                        .map(certificate -> roster.pin(certificate.peer(), document, replica))
                        .orElse(0);
    }

    /** The epoch that holds now, from 1 on; 0 before the first record. */
    public int epoch() {
        return roster.epoch();
    }

    /**
     * An epoch's key, out of what was sealed for this device.
     *
     * @return empty when nothing was, or when it is not the key that the record is about: then the owner's device failed
     */
    public Optional<EpochKey> epochKey(int epoch, DeviceKey device) {
        Optional<Map.Entry<Chunk, Chunk>> sealed =
                roster.sealedKey(epoch, device.certificate().device());
        return sealed.flatMap(entry -> EpochKey.open(workspace, epoch, device, entry.getKey(), entry.getValue()));
    }

    @Override
    public String toString() {
        return "MembershipLog(" + workspace + ", " + next() + " records)";
    }
}
