package dev.metalog.server.membership;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.identity.DeviceCertificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Who belongs to a workspace after some records of its chain. A record is checked in full, then applied in full. */
final class Roster {
    private final WorkspaceId workspace;
    private final SortedMap<DeviceId, Member> members = new TreeMap<>();
    private final Map<DeviceId, DeviceCertificate> gone = new HashMap<>();
    private final Set<Chunk> keys = new HashSet<>();
    private final Map<PeerId, Map<Place, Integer>> pins = new HashMap<>();
    /** Records by which more counts of somebody who is out. */
    private final Map<PeerId, Integer> laterPins = new HashMap<>();

    private final List<Epoch> epochs = new ArrayList<>();
    private PeerId owner;

    private record Place(DocumentId document, ReplicaId replica) {}

    /** An epoch's key, as each device got it. */
    private record Epoch(Chunk check, Map<DeviceId, Chunk> wraps) {}

    Roster(WorkspaceId workspace) {
        this.workspace = workspace;
    }

    /** {@code null} before the first record. */
    PeerId owner() {
        return owner;
    }

    /** The epoch that holds now, from 1 on; 0 before the first record. */
    int epoch() {
        return epochs.size();
    }

    SortedMap<DeviceId, Member> members() {
        return members;
    }

    /** The certificate of a device that went out; {@code null} for any other. */
    DeviceCertificate gone(DeviceId device) {
        return gone.get(device);
    }

    /** How far a run of this peer's counts that may not write any longer. */
    int pin(PeerId peer, DocumentId document, ReplicaId replica) {
        return pins.getOrDefault(peer, Map.of()).getOrDefault(new Place(document, replica), 0);
    }

    /** By how many records more counts of somebody who is out than when that was decided. */
    int laterPins(PeerId peer) {
        return laterPins.getOrDefault(peer, 0);
    }

    /** An epoch's key as it was sealed for a device, and its check; empty when none was. */
    Optional<Map.Entry<Chunk, Chunk>> sealedKey(int epoch, DeviceId device) {
        if (epoch < 1 || epoch > epochs.size()) {
            return Optional.empty();
        }
        Epoch of = epochs.get(epoch - 1);
        return Optional.ofNullable(of.wraps().get(device)).map(wrap -> Map.entry(wrap, of.check()));
    }

    Chunk keyCheck() {
        return epochs.get(epochs.size() - 1).check();
    }

    /** Applies a record, or says why it cannot be the next one and changes nothing. */
    Refusal admit(Link link) {
        if (owner != null && !owner.equals(link.signer())) {
            return Refusal.NOT_THE_OWNERS;
        }
        Refusal refusal = link.record().change().dispatch(new Check(link));
        if (refusal == null) {
            link.record().change().dispatch(new Application(link));
        }
        return refusal;
    }

    private boolean isMember(PeerId peer) {
        return members.values().stream().anyMatch(member -> member.peer().equals(peer));
    }

    List<PeerId> gonePeers() {
        return gone.values().stream()
                .map(DeviceCertificate::peer)
                .distinct()
                .filter(peer -> !isMember(peer))
                .toList();
    }

    private boolean hasGone(PeerId peer) {
        return gone.values().stream().anyMatch(device -> device.peer().equals(peer));
    }

    private static List<Chunk> keysOf(DeviceCertificate certificate) {
        return List.of(new Chunk(certificate.signingKey()), new Chunk(certificate.sealingKey()));
    }

    private final class Check implements MembershipChange.Handler<Refusal> {
        private final Link link;

        private Check(Link link) {
            this.link = link;
        }

        @Override
        public Refusal genesis(MembershipChange.Genesis change) {
            DeviceCertificate certificate = link.certificate();
            if (certificate == null) {
                return Refusal.CERTIFICATE;
            }
            byte[] nonce = change.nonce().bytes();
            if (!WorkspaceId.of(certificate.peer(), nonce).equals(workspace)) {
                return Refusal.FOREIGN;
            }
            return certificate.peer().equals(link.signer()) ? null : Refusal.NOT_THE_OWNERS;
        }

        @Override
        public Refusal add(MembershipChange.Add change) {
            DeviceCertificate certificate = link.certificate();
            if (certificate == null) {
                return Refusal.CERTIFICATE;
            }
            if (members.containsKey(certificate.device())) {
                return Refusal.CHANGES_NOTHING;
            }
            if (gone.containsKey(certificate.device())) {
                return Refusal.WENT_OUT;
            }
            if (keysOf(certificate).stream().anyMatch(keys::contains)) {
                return Refusal.KEY_IN_USE;
            }
            if (certificate.peer().equals(owner) != (change.role() == MemberRole.OWNER)) {
                return Refusal.OWNERSHIP;
            }
            return members.size() < Limits.MEMBERS ? null : Refusal.FULL;
        }

        @Override
        public Refusal setRole(MembershipChange.SetRole change) {
            Member member = members.get(change.device());
            if (member == null) {
                return Refusal.NO_MEMBER;
            }
            if (member.role() == MemberRole.OWNER) {
                return Refusal.OWNERSHIP;
            }
            return member.role() == change.role() ? Refusal.CHANGES_NOTHING : null;
        }

        @Override
        public Refusal morePins(MembershipChange.MorePins change) {
            return hasGone(change.peer()) ? null : somebodyElse(change.peer());
        }

        @Override
        public Refusal remove(MembershipChange.Remove change) {
            Refusal refusal = somebodyElse(change.peer());
            if (refusal != null) {
                return refusal;
            }
            if (change.epoch() != epoch() + 1) {
                return Refusal.EPOCH;
            }
            List<DeviceId> staying = members.values().stream()
                    .filter(member -> !member.peer().equals(change.peer()))
                    .map(Member::device)
                    .toList();
            List<DeviceId> given = change.wraps().stream().map(KeyWrap::device).toList();
            return given.equals(staying) ? null : Refusal.KEYS;
        }

        private Refusal somebodyElse(PeerId peer) {
            if (peer.equals(owner)) {
                return Refusal.OWNERSHIP;
            }
            return isMember(peer) ? null : Refusal.NO_MEMBER;
        }
    }

    private final class Application implements MembershipChange.Handler<Void> {
        private final Link link;

        private Application(Link link) {
            this.link = link;
        }

        @Override
        public Void genesis(MembershipChange.Genesis change) {
            owner = link.certificate().peer();
            epochs.add(new Epoch(change.keyCheck(), new HashMap<>()));
            letIn(new Member(link.certificate(), change.name(), MemberRole.OWNER), change.wrap());
            return null;
        }

        @Override
        public Void add(MembershipChange.Add change) {
            letIn(new Member(link.certificate(), change.name(), change.role()), change.wrap());
            return null;
        }

        private void letIn(Member member, Chunk sealed) {
            members.put(member.device(), member);
            keys.addAll(keysOf(member.certificate()));
            epochs.get(epochs.size() - 1).wraps().put(member.device(), sealed);
        }

        @Override
        public Void setRole(MembershipChange.SetRole change) {
            Member member = members.get(change.device());
            members.put(change.device(), new Member(member.certificate(), member.name(), change.role()));
            pin(member.peer(), change.pins());
            return null;
        }

        @Override
        public Void morePins(MembershipChange.MorePins change) {
            if (hasGone(change.peer())) {
                // What counts of somebody who is out has been built upon: it never gets less.
                laterPins.merge(change.peer(), 1, Integer::sum);
                pin(
                        change.peer(),
                        change.pins().stream()
                                .filter(pin ->
                                        pin.nextSeq() > Roster.this.pin(change.peer(), pin.document(), pin.replica()))
                                .toList());
            } else {
                pin(change.peer(), change.pins());
            }
            return null;
        }

        @Override
        public Void remove(MembershipChange.Remove change) {
            members.values().stream()
                    .filter(member -> member.peer().equals(change.peer()))
                    .toList()
                    .forEach(member -> {
                        members.remove(member.device());
                        gone.put(member.device(), member.certificate());
                    });
            pin(change.peer(), change.pins());
            Map<DeviceId, Chunk> wraps = new HashMap<>();
            change.wraps().forEach(wrap -> wraps.put(wrap.device(), wrap.sealed()));
            epochs.add(new Epoch(change.keyCheck(), wraps));
            return null;
        }

        /** What is said last counts. */
        private void pin(PeerId peer, List<Pin> said) {
            if (!said.isEmpty()) {
                Map<Place, Integer> own = pins.computeIfAbsent(peer, p -> new HashMap<>());
                said.forEach(pin -> own.put(new Place(pin.document(), pin.replica()), pin.nextSeq()));
            }
        }
    }
}
