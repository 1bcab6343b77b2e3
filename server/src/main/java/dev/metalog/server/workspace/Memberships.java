package dev.metalog.server.workspace;

import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Stamp;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import dev.metalog.server.authorship.Authors;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.DocumentKey;
import dev.metalog.server.membership.EpochKey;
import dev.metalog.server.membership.Member;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.membership.MembershipWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The workspaces whose documents are in this folder: who belongs to each, what their documents are sealed with, and whose
 * writing counts. The one that this identity owns here is begun when somebody is invited first.
 *
 * <p><b>Who is put out.</b> The record says, for each document, how far what that person wrote counts (its pins): as much
 * as the owner's machine has. A member may have taken in more before it heard of the record. What a member has that
 * others must not take would part them for ever; so the owner's machine takes it from members, who alone can still speak, and
 * lets that much count by another record, which everybody follows. Whoever is out has no key any more, and can bring nothing new
 * by itself. A member who means no better could pass on for ever what that one goes on writing, and fill the list of members with
 * what is let count: so there are {@value Limits#MEMBERSHIP_LATER_PINS} such records for each person, and the owner's person is
 * told of them.
 */
final class Memberships implements ShareKeys {
    /** How often the owner's machine looks whether members have more of somebody who is out. */
    static final long PINS_EVERY_MILLIS = 1_000;

    private static final int SECRET_BYTES = 32;

    /** What else changes with the members of a workspace. */
    interface Listener {
        /** The document has another key, or none. */
        void rekeyed(LiveDocument live);

        /** Something may count in it now that did not before. */
        void askAgain(LiveDocument live);

        /** To be told to whoever looks at the members. */
        void changed(LiveMembership membership);
    }

    private final DeviceKey device;
    private final MembershipWriter writer;
    private final Federation federation;
    private final Ways ways;
    private final BulkSender bulk;
    private final RandomBytes random;
    private final Timeline time;
    private final Outbox out;
    private final Map<WorkspaceId, LiveMembership> all = new LinkedHashMap<>();
    private final Map<WorkspaceId, Integer> keyedEpochs = new LinkedHashMap<>();
    private final Set<LiveMembership> changed = new LinkedHashSet<>();
    private final List<Runnable> owed = new ArrayList<>();
    private DocumentShelf shelf;
    private Listener listener;
    private long pinsAtMillis = Long.MAX_VALUE;
    private int documentsOffered;
    private int workspacesOffered;

    Memberships(
            DeviceKey device,
            Federation federation,
            Ways ways,
            BulkSender bulk,
            RandomBytes random,
            Timeline time,
            Outbox out) {
        this.device = device;
        this.writer = new MembershipWriter(federation.self(), device);
        this.federation = federation;
        this.ways = ways;
        this.bulk = bulk;
        this.random = random;
        this.time = time;
        this.out = out;
    }

    /** To be called before anything else: documents need the members' keys, and members the documents. */
    void join(DocumentShelf documents, Listener others) {
        shelf = documents;
        listener = others;
    }

    Collection<LiveMembership> all() {
        return all.values();
    }

    /** {@code null} when nothing is known of that workspace here. */
    LiveMembership of(WorkspaceId workspace) {
        return workspace == null ? null : all.get(workspace);
    }

    /** The one that this identity owns in this folder; {@code null} before it was begun. */
    LiveMembership own() {
        for (LiveMembership membership : all.values()) {
            if (owns(membership)) {
                return membership;
            }
        }
        return null;
    }

    boolean owns(LiveMembership membership) {
        return membership
                .log()
                .role(ownDevice())
                .filter(MemberRole.OWNER::equals)
                .isPresent();
    }

    @Override
    public boolean mayWrite(SharedDocument shared) {
        LiveMembership membership = of(shared.workspace());
        return membership == null
                || membership.log().role(ownDevice()).map(MemberRole::mayWrite).orElse(true);
    }

    private DeviceId ownDevice() {
        return device.certificate().device();
    }

    // Keys and authors.

    @Override
    public DocumentKey of(SharedDocument shared) {
        if (shared.workspace() == null) {
            return new DocumentKey(shared.secret());
        }
        LiveMembership membership = of(shared.workspace());
        EpochKey key = membership == null ? null : membership.key();
        return key == null ? new DocumentKey(random.draw(SECRET_BYTES)) : key.documentKey(shared.id());
    }

    @Override
    public Authors authorsOf(SharedDocument shared) {
        if (shared.workspace() == null) {
            return Authors.ANYBODY;
        }
        return new Authors() {
            @Override
            public String refuses(DeviceId author, ReplicaId name, int end) {
                return Memberships.this.refuses(shared, author, name, end);
            }

            @Override
            public boolean concerns(DeviceId author) {
                LiveMembership membership = of(shared.workspace());
                return membership != null
                        && membership.log().certificate(author).isPresent();
            }
        };
    }

    private String refuses(SharedDocument shared, DeviceId author, ReplicaId name, int end) {
        LiveMembership membership = of(shared.workspace());
        if (membership == null) {
            return "the members of its workspace are not known here.";
        }
        MembershipLog log = membership.log();
        if (end <= log.counts(author, shared.id(), name)) {
            return null;
        }
        if (log.certificate(author).isEmpty()) {
            return "the device is no member of the workspace.";
        }
        boolean isOut = log.member(author).isEmpty();
        if (isOut && owns(membership) && mayCountLater(log, author)) {
            // Only a member can have brought it: the owner lets that count for all, see above.
            return null;
        }
        return isOut ? "the device was put out before that." : "the device may read, and not write.";
    }

    private static boolean mayCountLater(MembershipLog log, DeviceId author) {
        return log.certificate(author)
                .filter(device -> log.laterPins(device.peer()) < Limits.MEMBERSHIP_LATER_PINS)
                .isPresent();
    }

    // What is kept and what comes.

    void restore(StoredDocument stored) {
        LiveMembership membership = make(stored.shared());
        membership.restore(stored.records());
        membership.openLines();
        keyedEpochs.put(stored.shared().workspace(), membership.log().epoch());
        pinsAtMillis = 0;
    }

    private LiveMembership make(SharedDocument place) {
        LiveMembership membership =
                new LiveMembership(place, device, ways, bulk, random, time, out, membershipListener);
        all.put(place.workspace(), membership);
        return membership;
    }

    private final LiveMembership.Listener membershipListener = new LiveMembership.Listener() {
        @Override
        public void changed(LiveMembership membership) {
            changed.add(membership);
        }

        @Override
        public void lost(LiveMembership membership, MembershipRecord record) {
            if (owns(membership)) {
                owed.add(() -> membership.take(
                        writer.again(membership.log(), record, random.draw(MembershipWriter.RANDOM_BYTES), minutes())));
            }
        }

        @Override
        public void leaves(LiveMembership membership, PeerId peer) {
            if (owns(membership)) {
                owed.add(() -> remove(membership, peer));
            }
        }
    };

    LiveMembership hearing(String topic) {
        for (LiveMembership membership : all.values()) {
            if (membership.hears(topic)) {
                return membership;
            }
        }
        return null;
    }

    void linkUp() {
        all.values().forEach(LiveMembership::linkUp);
    }

    void peerLeft(PeerId peer) {
        all.values().forEach(membership -> membership.peerLeft(peer));
    }

    void wake() {
        all.values().forEach(LiveMembership::wake);
    }

    long wakeAtMillis() {
        long at = pinsAtMillis;
        for (LiveMembership membership : all.values()) {
            at = Math.min(at, membership.wakeAtMillis());
        }
        return at;
    }

    /** To be called after every input. */
    void settle() {
        List<Runnable> due = List.copyOf(owed);
        owed.clear();
        due.forEach(Runnable::run);
        for (LiveMembership membership : List.copyOf(changed)) {
            changed.remove(membership);
            membership.openLines();
            follow(membership);
            listener.changed(membership);
            pinsAtMillis = time.millis() + PINS_EVERY_MILLIS;
        }
        offer();
        if (time.millis() >= pinsAtMillis) {
            pinsAtMillis = letCount() ? time.millis() + PINS_EVERY_MILLIS : Long.MAX_VALUE;
        }
    }

    /** Looks at all documents only when there are more or less than before. */
    private void offer() {
        if (!all.isEmpty() && (shelf.all().size() != documentsOffered || all.size() != workspacesOffered)) {
            documentsOffered = shelf.all().size();
            workspacesOffered = all.size();
            for (LiveMembership membership : all.values()) {
                membership.offer(documentsOf(membership.shared().workspace()).stream()
                        .map(LiveDocument::shared)
                        .toList());
            }
        }
    }

    /** Documents have another key from an epoch on, and others may write in them with every record. */
    private void follow(LiveMembership membership) {
        WorkspaceId workspace = membership.shared().workspace();
        boolean isNewEpoch =
                keyedEpochs.getOrDefault(workspace, 0) != membership.log().epoch();
        keyedEpochs.put(workspace, membership.log().epoch());
        for (LiveDocument live : documentsOf(workspace)) {
            if (isNewEpoch) {
                listener.rekeyed(live);
            } else {
                listener.askAgain(live);
            }
        }
    }

    List<LiveDocument> documentsOf(WorkspaceId workspace) {
        return shelf.all().stream()
                .filter(live -> workspace.equals(live.shared().workspace()))
                .toList();
    }

    /** Returns whether somebody is out, so that this has to be looked at again. */
    private boolean letCount() {
        boolean anybodyOut = false;
        for (LiveMembership membership : List.copyOf(all.values())) {
            if (!owns(membership)) {
                continue;
            }
            for (PeerId peer : membership.log().gone()) {
                anybodyOut = true;
                List<Pin> more = pinsOf(membership, peer).stream()
                        .filter(pin -> pin.nextSeq() > membership.log().pin(peer, pin.document(), pin.replica()))
                        .toList();
                if (!more.isEmpty()) {
                    membership.take(writer.morePins(membership.log(), peer, more, minutes()));
                    tellLater(membership.log(), peer);
                }
            }
        }
        return anybodyOut;
    }

    /** Told at 1, 2, 4, 8, …: once or twice is what was under way, and more is somebody's doing. */
    private void tellLater(MembershipLog log, PeerId peer) {
        int times = log.laterPins(peer);
        if (Integer.bitCount(times) == 1) {
            out.add(new Effect.Log("A member brought more of what " + peer + " wrote, who is out, and it counts now: "
                    + times + " times so far, of " + Limits.MEMBERSHIP_LATER_PINS + ". If that goes on, a member passes"
                    + " on what that person goes on writing."));
        }
    }

    /** How much this machine has of what a person wrote, in each document of the workspace. */
    private List<Pin> pinsOf(LiveMembership membership, PeerId peer) {
        List<Pin> pins = new ArrayList<>();
        for (LiveDocument live : documentsOf(membership.shared().workspace())) {
            DocumentId id = live.shared().id();
            live.graph().vector().nextSeqs().forEach((replica, next) -> {
                if (peer.equals(live.events().authorship().peerOf(replica))) {
                    pins.add(new Pin(id, replica, next));
                }
            });
        }
        return pins;
    }

    // What the owner decides.

    /** Begins the workspace of this folder. */
    LiveMembership begin(MemberName name) {
        MembershipWriter.Begun begun = writer.begin(
                name, random.draw(WorkspaceId.NONCE_BYTES), random.draw(MembershipWriter.RANDOM_BYTES), minutes());
        return enter(begun.workspace(), federation.meetingPlace(), List.of(begun.record()));
    }

    /**
     * From now on this folder has documents of that workspace.
     *
     * @param records of its members, from the first on
     * @return {@code null} if they do not say that this device is one
     */
    LiveMembership enter(WorkspaceId workspace, String broker, List<byte[]> records) {
        LiveMembership known = of(workspace);
        LiveMembership membership = known == null ? make(LiveMembership.place(workspace, broker)) : known;
        if (known == null) {
            out.add(new Effect.Remember(membership.shared()));
        }
        membership.take(records);
        if (!membership.isMember()) {
            if (known == null) {
                forget(membership);
            }
            return null;
        }
        keyedEpochs.put(workspace, membership.log().epoch());
        membership.openLines();
        if (!broker.isEmpty() && federation.isFederated()) {
            federation.reach(broker);
        }
        return membership;
    }

    /** Lets a device in; returns whether the chain took that. */
    boolean add(LiveMembership membership, DeviceCertificate certificate, MemberName name, MemberRole role) {
        List<byte[]> records = writer.add(
                membership.log(), certificate, name, role, random.draw(MembershipWriter.RANDOM_BYTES), minutes());
        return !records.isEmpty() && membership.take(records);
    }

    /** Puts a person out with all devices, and gives the others another key; returns whether the chain took that. */
    boolean remove(LiveMembership membership, PeerId peer) {
        List<byte[]> records = writer.remove(
                membership.log(),
                peer,
                pinsOf(membership, peer),
                random.draw(MembershipWriter.RANDOM_BYTES),
                minutes());
        return !records.isEmpty() && membership.take(records);
    }

    /** Changes what all devices of a person may do; returns whether the chain took that. */
    boolean setRole(LiveMembership membership, PeerId peer, MemberRole role) {
        List<Pin> pins = role.mayWrite() ? List.of() : pinsOf(membership, peer);
        boolean all = true;
        for (Member member : membership.log().members()) {
            if (member.peer().equals(peer) && member.role() != role) {
                List<byte[]> records = writer.setRole(membership.log(), member.device(), role, pins, minutes());
                all &= !records.isEmpty() && membership.take(records);
            }
        }
        return all;
    }

    /** This folder has nothing of that workspace any more. */
    void forget(LiveMembership membership) {
        all.remove(membership.shared().workspace());
        changed.remove(membership);
        membership.close();
        out.add(new Effect.Forget(membership.shared().id()));
    }

    int minutes() {
        return Stamp.minutesAt(time.wallMillis());
    }
}
