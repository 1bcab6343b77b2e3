package dev.metalog.server.workspace;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.PeerMessageCodec;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.EpochKey;
import dev.metalog.server.membership.Member;
import dev.metalog.server.membership.MembershipLog;
import dev.metalog.server.sync.Conversation;
import dev.metalog.server.sync.SyncEffect;
import dev.metalog.server.sync.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The members of one workspace as they live here: the chain of records, its log, and the conversations about it. There is one
 * for each of the last {@value #MOST_LINES} epochs that a key was given to us of, since who was away while somebody went out
 * still speaks under the key of before, and is told there what it missed. Overflow rule: who was away for more epochs
 * than that has to be invited again.
 */
final class LiveMembership {
    /** What stands in the place of a document's URI, before the workspace's id. */
    static final String URI = "meta-log:workspace/";

    static final DocumentPath PATH = new DocumentPath("meta-log.workspace");
    static final int MOST_LINES = 16;

    /** Who was told what we have hears it again when it speaks, as the first time may have been lost. */
    static final long OFFER_AGAIN_MILLIS = 300_000;
    /** So much of lists of documents is read in a second; the others are said again. */
    static final int OFFER_BYTES_A_SECOND = Offers.MOST_BYTES;

    private static final int MOST_TOLD = 256;
    private static final long SECOND_MILLIS = 1_000;

    /** Who is told what happens. */
    interface Listener {
        /** The chain is another one now. */
        void changed(LiveMembership membership);

        /** A change that the owner made and that another one took the place of. */
        void lost(LiveMembership membership, MembershipRecord record);

        /** A member asks to be put out. */
        void leaves(LiveMembership membership, PeerId peer);
    }

    /** Where the members of one epoch hear each other. */
    private record Line(Channel channel, Conversation sync) {}

    private final SharedDocument shared;
    private final DeviceKey device;
    private final Ways ways;
    private final BulkSender bulk;
    private final RandomBytes random;
    private final Timeline time;
    private final Outbox out;
    private final Listener listener;
    private final MembershipLog log;
    private final MembershipEvents events;
    /** By epoch. */
    private final Map<Integer, Line> lines = new TreeMap<>();

    private final Offers offers = new Offers();
    private final Map<Speaker, Long> offeredAtMillis = new LinkedHashMap<>();
    private List<SharedDocument> offered = List.of();
    private long offersSinceMillis;
    private int offerBytesRead;

    /** Links that were made here and are not over, by what is handed out. */
    private final Map<String, InvitationRecord> links = new LinkedHashMap<>();

    private int refused;

    LiveMembership(
            SharedDocument shared,
            DeviceKey device,
            Ways ways,
            BulkSender bulk,
            RandomBytes random,
            Timeline time,
            Outbox out,
            Listener listener) {
        this.shared = shared;
        this.device = device;
        this.ways = ways;
        this.bulk = bulk;
        this.random = random;
        this.time = time;
        this.out = out;
        this.listener = listener;
        this.log = new MembershipLog(shared.workspace());
        this.events = new MembershipEvents(log, new MembershipEvents.Listener() {
            @Override
            public void lost(MembershipRecord record) {
                listener.lost(LiveMembership.this, record);
            }

            @Override
            public void leaves(PeerId peer) {
                listener.leaves(LiveMembership.this, peer);
            }
        });
    }

    /** What is kept of a workspace's members is kept like a document. */
    static SharedDocument place(WorkspaceId workspace, String broker) {
        return new SharedDocument(
                new DocumentId(workspace.value()), URI + workspace, PATH, new byte[32], broker, workspace);
    }

    /** To be read only. */
    MembershipLog log() {
        return log;
    }

    SharedDocument shared() {
        return shared;
    }

    /** The key of the epoch that holds now; {@code null} if none was given to this device. */
    EpochKey key() {
        return log.epochKey(log.epoch(), device).orElse(null);
    }

    boolean isMember() {
        return log.role(device.certificate().device()).isPresent();
    }

    /** Brings back what the store kept. A record that cannot be used is passed over: peers have it, and tell it again. */
    void restore(List<StoredDocument.Item> records) {
        int unusable = 0;
        for (StoredDocument.Item item : records) {
            if (item.kind() == LogKind.INVITATION.number()) {
                unusable += recall(item.body()) ? 0 : 1;
                continue;
            }
            boolean used = item.kind() == LogKind.MEMBERSHIP.number()
                    && item.body().length <= Limits.CHUNK_BYTES
                    && events.admit(new Chunk(item.body())).kind() != Verdict.Kind.REFUSED;
            unusable += used ? 0 : 1;
        }
        if (unusable > 0) {
            out.add(new Effect.Log(unusable + " records of the members of workspace " + shared.workspace()
                    + " could not be used. The rest is in use, and what other members have of it comes again."));
        }
    }

    private boolean recall(byte[] body) {
        try {
            InvitationRecord record = InvitationRecord.decode(body);
            links.put(record.link().encode(), record);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Links that were made before this run. */
    Collection<InvitationRecord> links() {
        return List.copyOf(links.values());
    }

    /** Keeps how a link stands. */
    void keep(InvitationRecord record) {
        links.values().removeIf(other -> other.untilMillis() < record.untilMillis() - WorkspaceInvitation.VALID_MILLIS);
        links.put(record.link().encode(), record);
        out.add(new Effect.Persist(shared.id(), LogKind.INVITATION, record.encode()));
    }

    /** Takes in records that were made here, or came with an invitation. Returns whether all were. */
    boolean take(List<byte[]> records) {
        boolean all = true;
        for (byte[] record : records) {
            Chunk chunk = new Chunk(record);
            Verdict.Kind kind = events.admit(chunk).kind();
            all &= kind != Verdict.Kind.REFUSED && kind != Verdict.Kind.WAITS;
            if (kind == Verdict.Kind.ADDED) {
                keep(chunk);
                tell(chunk, null);
            }
        }
        listener.changed(this);
        return all;
    }

    private void keep(Chunk chunk) {
        out.add(new Effect.Persist(shared.id(), LogKind.MEMBERSHIP, chunk.bytes()));
    }

    /** Says a record on every line but the one it came from. */
    private void tell(Chunk chunk, Line from) {
        for (Line line : List.copyOf(lines.values())) {
            if (!line.equals(from)) {
                for (PeerMessage message : line.sync().recorded(List.of(chunk), time.millis())) {
                    carryOut(line, List.of(new SyncEffect.Say(null, message)));
                }
            }
        }
    }

    /** Says something to all members that is no record. */
    void say(byte[] request) {
        for (Line line : lines.values()) {
            line.channel().send(null, new PeerMessage.Events(new Chunk(request)));
        }
    }

    /** Opens a line for each epoch that a key was given to us of since, and closes the oldest. */
    void openLines() {
        for (int epoch = Math.max(1, log.epoch() - MOST_LINES + 1); epoch <= log.epoch(); epoch++) {
            if (!lines.containsKey(epoch)) {
                log.epochKey(epoch, device).ifPresent(this::open);
            }
        }
        for (Integer epoch : List.copyOf(lines.keySet())) {
            if (lines.size() > MOST_LINES) {
                lines.remove(epoch).channel().close();
            }
        }
    }

    private void open(EpochKey key) {
        Channel channel = new Channel(key.membershipKey(), ways.self(), random, ways, out);
        channel.open();
        Line line = new Line(channel, new Conversation(events, this::below, time.millis()));
        lines.put(key.epoch(), line);
        carryOut(line, line.sync().connected(0, time.millis()));
    }

    private long below(long bound) {
        return Long.remainderUnsigned(ByteBuffer.wrap(random.draw(Long.BYTES)).getLong(), bound);
    }

    void close() {
        lines.values().forEach(line -> line.channel().close());
        lines.clear();
    }

    boolean hears(String topic) {
        return lineOf(topic) != null;
    }

    private Line lineOf(String topic) {
        for (Line line : lines.values()) {
            if (topic.equals(line.channel().topic())
                    || topic.equals(line.channel().ownTopic())) {
                return line;
            }
        }
        return null;
    }

    /** A message arrived on one of its topics. */
    void received(String topic, byte[] envelope) {
        Line line = lineOf(topic);
        line.channel().open(topic, envelope, new Channel.Ear() {
            @Override
            public void hear(Speaker from, byte[] message) {
                LiveMembership.this.hear(line, from, message);
            }

            @Override
            public void refuse(String why) {
                LiveMembership.this.refuse(why);
            }
        });
    }

    private void hear(Line line, Speaker from, byte[] bytes) {
        try {
            PeerMessage message = PeerMessageCodec.decode(bytes);
            if (message instanceof PeerMessage.Events said
                    && Offers.isOne(said.chunk().bytes())) {
                hearOffers(from.peer(), said.chunk().bytes());
                return;
            }
            carryOut(line, line.sync().hear(from, message, time.millis()));
            offerTo(line, from);
        } catch (MalformedMessageException e) {
            refuse(e.getMessage());
        }
    }

    private void hearOffers(PeerId from, byte[] list) {
        if (time.millis() >= offersSinceMillis + SECOND_MILLIS) {
            offersSinceMillis = time.millis();
            offerBytesRead = 0;
        }
        if (list.length <= OFFER_BYTES_A_SECOND - offerBytesRead) {
            offerBytesRead += list.length;
            try {
                offers.heard(from, list);
            } catch (IllegalArgumentException e) {
                refuse(e.getMessage());
            }
        }
    }

    /** What members have that is not live here. */
    List<Offers.Offer> offers() {
        List<PeerId> members = log.members().stream().map(Member::peer).toList();
        return offers.of(members).stream()
                .filter(offer ->
                        offered.stream().noneMatch(document -> document.id().equals(offer.id())))
                .toList();
    }

    /** Tells the members what is live here, if that is not what they were told last. */
    void offer(List<SharedDocument> documents) {
        if (!documents.equals(offered)) {
            offered = List.copyOf(documents);
            offeredAtMillis.clear();
            Line newest = lines.get(log.epoch());
            if (newest != null && ways.areOpen()) {
                newest.channel().send(null, new PeerMessage.Events(new Chunk(Offers.encode(offered))));
            }
        }
    }

    /** Under the newest key alone: who is out need not hear what came since. */
    private void offerTo(Line line, Speaker to) {
        Long before = offeredAtMillis.get(to);
        boolean isDue = before == null || time.millis() >= before + OFFER_AGAIN_MILLIS;
        if (isDue && ways.areOpen() && !offered.isEmpty() && line.equals(lines.get(log.epoch()))) {
            offeredAtMillis.remove(to);
            offeredAtMillis.put(to, time.millis());
            if (offeredAtMillis.size() > MOST_TOLD) {
                offeredAtMillis.remove(offeredAtMillis.keySet().iterator().next());
            }
            line.channel().send(to, new PeerMessage.Events(new Chunk(Offers.encode(offered))));
        }
    }

    void linkUp() {
        for (Line line : List.copyOf(lines.values())) {
            carryOut(line, line.sync().connected(0, time.millis()));
        }
    }

    void peerLeft(PeerId peer) {
        lines.values().forEach(line -> line.sync().left(peer));
    }

    void wake() {
        for (Line line : List.copyOf(lines.values())) {
            if (time.millis() >= line.sync().wakeAtMillis()) {
                carryOut(line, line.sync().wake(time.millis()));
            }
        }
    }

    long wakeAtMillis() {
        long at = Long.MAX_VALUE;
        for (Line line : lines.values()) {
            at = Math.min(at, line.sync().wakeAtMillis());
        }
        return at;
    }

    private void refuse(String why) {
        refused++;
        if (Integer.bitCount(refused) == 1) {
            out.add(new Effect.Log("Refused something about the members of " + shared.workspace() + " (" + refused
                    + " so far): " + why));
        }
    }

    private void carryOut(Line line, List<SyncEffect> effects) {
        List<Chunk> added = new ArrayList<>();
        for (SyncEffect effect : effects) {
            if (effect instanceof SyncEffect.Keep keep) {
                if (!keep.waits()) {
                    keep(keep.chunk());
                    added.add(keep.chunk());
                }
            } else if (effect instanceof SyncEffect.KeepAdmitted keep) {
                keep(keep.chunk());
                added.add(keep.chunk());
            } else if (effect instanceof SyncEffect.Say say) {
                say(line, say);
            } else if (effect instanceof SyncEffect.Refused refusal) {
                refuse("from " + refusal.from() + ": " + refusal.why());
                ways.refused(refusal);
            }
        }
        added.forEach(chunk -> tell(chunk, line));
        if (!added.isEmpty()) {
            listener.changed(this);
        }
    }

    private void say(Line line, SyncEffect.Say say) {
        if (say.isBulk()) {
            bulk.add(line.channel(), say);
        } else if (ways.areOpen()) {
            line.channel().send(say.to(), say.message());
        }
    }
}
