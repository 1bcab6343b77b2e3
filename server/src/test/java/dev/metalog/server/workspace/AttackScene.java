package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Invitation;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Two honest people who share a document, and a third who was let in to write and means harm. What the honest ones type is
 * of characters that nobody else types.
 */
final class AttackScene {
    /** What heap a conductor may take more because of somebody's messages. */
    static final long MOST_HEAP_BYTES = 64L << 20;
    /** How many messages of a flood come between two honest keys. */
    private static final int MESSAGES_A_KEY = 20;

    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

    final SimulatedWorld world;
    final SimulatedWorld.Sidecar ada;
    final SimulatedWorld.Sidecar ben;
    final SimulatedEditor adas;
    final SimulatedEditor bens;
    final WorkspaceId workspace;
    final DocumentId document;
    final Attacker mallory;
    private final int firstKey;
    private long[] keyNanos = new long[64];
    private int keys;
    private long slowestNanos;

    AttackScene(long seed) {
        world = new SimulatedWorld(seed);
        ada = world.sidecar();
        ben = world.sidecar();
        ada.connect();
        ben.connect();
        adas = open(ada, 0, "begun \uD83D\uDE00 ");
        LiveMembership own = ada.workspace.memberships().begin(new MemberName("Ada"));
        workspace = own.shared().workspace();
        document = ada.workspace
                .sharing()
                .share(new Ticket(adas.id, 9_001), adas.uri, workspace, world.nowMillis)
                .shared()
                .id();
        add(ben.identity, "Ben");
        bens = open(ben, 1, "");
        assertThat(ben.workspace.memberships().enter(workspace, SimulatedWorld.BROKER, records()))
                .isNotNull();
        Sharing sharing = ben.workspace.sharing();
        sharing.join(
                new Ticket(bens.id, 9_002),
                sharing.place(document, new DocumentPath("a"), bens.uri, SimulatedWorld.BROKER, workspace),
                false,
                world.nowMillis);
        flush(ben);
        mallory = new Attacker(world, SimulatedWorld.identity(3), workspace, document);
        add(mallory.identity, "Mallory");
        mallory.learn(records());
        firstKey = world.characters.get();
        settle();
        typeBoth();
        settle();
        assertTogether();
    }

    void add(dev.metalog.server.identity.PeerIdentity who, String name) {
        Memberships memberships = ada.workspace.memberships();
        assertThat(memberships.add(
                        memberships.own(),
                        TestDevices.of(who, 0).certificate(),
                        new MemberName(name),
                        MemberRole.WRITE))
                .isTrue();
        flush(ada);
    }

    /** Both honest ones share their blackboard, and the third has the invitation, too. */
    Invitation shareBoard() throws Exception {
        BlackboardMessages.Invited invited =
                (BlackboardMessages.Invited) ada.ask(adas.id, new Request.Blackboard(new BlackboardRequest.Invite()));
        var unused = ben.ask(
                bens.id,
                new Request.Blackboard(new BlackboardRequest.Join(
                        new BlackboardMessages.BoardJoinParams(invited.invitation(), false))));
        settle();
        return Invitation.decode(invited.invitation());
    }

    List<byte[]> records() {
        return ada.workspace.memberships().own().log().records(0, Integer.MAX_VALUE);
    }

    private SimulatedEditor open(SimulatedWorld.Sidecar sidecar, int number, String text) {
        SimulatedEditor editor = world.editor(sidecar, "file:///w" + number + "/a", SimulatedEditor.Manner.PROMPT);
        editor.open(text);
        world.settle();
        return editor;
    }

    /** What was done behind the conductor's back has effects too. */
    void flush(SimulatedWorld.Sidecar sidecar) {
        sidecar.hear(new Input.Woken());
    }

    void settle() {
        for (int i = 0; i < 10; i++) {
            world.settle();
            world.pass(1_000);
        }
        world.settle();
    }

    void typeBoth() {
        adas.typeKey();
        bens.typeKey();
    }

    // What everybody knows.

    Version tip() {
        return ada.workspace.audit().get(0).tip();
    }

    String text() {
        return ada.workspace.audit().get(0).text().toString();
    }

    /** How many lines the honest ones were told of something that was refused. */
    long refusals() {
        return Stream.concat(ada.logged.stream(), ben.logged.stream())
                .filter(line -> line.contains("efused"))
                .count();
    }

    /** Everybody shows the same, with every key that honest people typed, in the order of the document. */
    void assertTogether() {
        assertThat(bens.text()).isEqualTo(adas.text());
        assertThat(ben.workspace.audit().get(0).tip()).isEqualTo(tip());
        String text = text();
        assertThat(text).isEqualTo(adas.text());
        for (int key = firstKey; key < world.characters.get(); key++) {
            int typed = key;
            assertThat(text.codePoints().filter(shown -> shown == typed).count())
                    .as("the key %s, which somebody honest typed", Integer.toHexString(key))
                    .isOne();
        }
    }

    // Floods.

    /** So many messages, a thousand a second, while somebody honest types; notes what a key took. */
    void flood(int messages, IntConsumer message) {
        for (int i = 0; i < messages; i++) {
            message.accept(i);
            long began = CLOCK.getCurrentThreadCpuTime();
            world.deliverAll();
            world.pass(1);
            slowestNanos = Math.max(slowestNanos, CLOCK.getCurrentThreadCpuTime() - began);
            if (i % MESSAGES_A_KEY == 0) {
                key();
            }
        }
    }

    private void key() {
        adas.typeKey();
        adas.report(input -> {
            // Of this thread alone, as whatever else runs on the machine is no part of it.
            long began = CLOCK.getCurrentThreadCpuTime();
            ada.hear(input);
            note(CLOCK.getCurrentThreadCpuTime() - began);
        });
        for (int i = 0; i < 12; i++) {
            bens.turn(ben::hear);
        }
    }

    private void note(long nanos) {
        if (keys == keyNanos.length) {
            keyNanos = Arrays.copyOf(keyNanos, 2 * keys);
        }
        keyNanos[keys++] = nanos;
    }

    /** The longest that one message of a flood took both conductors, with all that came of it. */
    long slowestMillis() {
        return slowestNanos / 1_000_000;
    }

    int keysTimed() {
        return keys;
    }

    /** The 99th of a hundred keys, in microseconds. */
    long p99Micros() {
        long[] sorted = LongStream.of(keyNanos).limit(keys).sorted().toArray();
        return keys == 0 ? 0 : sorted[Math.min(keys - 1, keys * 99 / 100)] / 1_000;
    }

    /** Leaves what the test itself remembers out of what is measured. */
    void forgetWhatIsOnlyTheTests() {
        for (SimulatedWorld.Sidecar sidecar : List.of(ada, ben)) {
            sidecar.topicsSpokenOn.clear();
            sidecar.answers.clear();
            sidecar.hasDisk = false;
        }
        mallory.seen.clear();
    }

    static long heapBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime now = Runtime.getRuntime();
            least = Math.min(least, now.totalMemory() - now.freeMemory());
        }
        return least;
    }
}
