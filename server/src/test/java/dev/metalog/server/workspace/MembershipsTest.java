package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MemberMessages;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who is let in reads and writes, who is put out does neither, and all who stay end with the same text. */
class MembershipsTest {
    private SimulatedWorld world;
    private SimulatedWorld.Sidecar ada;
    private SimulatedWorld.Sidecar ben;
    private SimulatedWorld.Sidecar cleo;
    private SimulatedEditor adas;
    private SimulatedEditor bens;
    private SimulatedEditor cleos;
    private WorkspaceId workspace;
    private DocumentId document;

    @BeforeEach
    void threeMembersShareADocument() {
        world = new SimulatedWorld(11);
        ada = world.sidecar();
        ben = world.sidecar();
        cleo = world.sidecar();
        ada.connect();
        ben.connect();
        cleo.connect();
        adas = open(ada, 0, "begun ");
        LiveMembership own = ada.workspace.memberships().begin(new MemberName("Ada"));
        workspace = own.shared().workspace();
        document = ada.workspace
                .sharing()
                .share(new Ticket(adas.id, 9_001), adas.uri, workspace, world.nowMillis)
                .shared()
                .id();
        bens = letIn(ben, 1, "Ben", MemberRole.WRITE);
        cleos = letIn(cleo, 2, "Cleo", MemberRole.WRITE);
        write(adas, bens, cleos);
        settle();
        assertThat(bens.text()).isEqualTo(adas.text()).isEqualTo(cleos.text());
        assertThat(written(adas)).isEqualTo(3);
    }

    /** A second document of the workspace, which nobody was invited to. */
    @Test
    void whatIsSharedLaterIsOfferedToMembersAndOpenedByIt() {
        SimulatedEditor later = world.editor(ada, "file:///w0/later", SimulatedEditor.Manner.PROMPT);
        later.open("later ");
        world.settle();
        DocumentId second = ada.workspace
                .sharing()
                .share(new Ticket(later.id, 9_001), later.uri, workspace, world.nowMillis)
                .shared()
                .id();
        flush(ada);
        settle();
        assertThat(offered(ada, adas)).isEmpty();
        assertThat(offered(ben, bens))
                .containsExactly(new MemberMessages.Offered(
                        second.value(), "later", ada.identity.peerId().value()));

        // Also to who comes later, and was not there when it was said to all.
        world.kill(cleo);
        cleo = world.sidecarOf(cleo.identity, cleo.stored());
        cleo.connect();
        settle();
        SimulatedEditor asks = world.editor(cleo, "file:///w3/asks", SimulatedEditor.Manner.PROMPT);
        assertThat(offered(cleo, asks)).hasSize(1);

        SimulatedEditor opened = world.editor(ben, "file:///w1/later", SimulatedEditor.Manner.PROMPT);
        opened.open("");
        world.settle();
        Request.Join join = new Request.Join(new EditorMessages.JoinParams(second.value(), opened.uri, null, null));
        ben.begin(opened.id, join);
        settle();
        assertThat(opened.text()).isEqualTo("later ");
        assertThat(offered(ben, bens)).isEmpty();
    }

    private static List<MemberMessages.Offered> offered(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor) {
        MemberMessages.Members members =
                (MemberMessages.Members) sidecar.ask(editor.id, new Request.Members(new MemberRequest.Listing()));
        return members.workspaces().get(0).offered();
    }

    private SimulatedEditor open(SimulatedWorld.Sidecar sidecar, int number, String text) {
        SimulatedEditor editor = world.editor(sidecar, "file:///w" + number + "/a", SimulatedEditor.Manner.PROMPT);
        editor.open(text);
        world.settle();
        return editor;
    }

    private SimulatedEditor letIn(SimulatedWorld.Sidecar sidecar, int number, String name, MemberRole role) {
        LiveMembership own = ada.workspace.memberships().own();
        assertThat(ada.workspace
                        .memberships()
                        .add(own, TestDevices.of(sidecar.identity, 0).certificate(), new MemberName(name), role))
                .isTrue();
        flush(ada);
        SimulatedEditor editor = open(sidecar, number, "");
        assertThat(sidecar.workspace
                        .memberships()
                        .enter(workspace, SimulatedWorld.BROKER, own.log().records(0, Integer.MAX_VALUE)))
                .isNotNull();
        Sharing sharing = sidecar.workspace.sharing();
        sharing.join(
                new Ticket(editor.id, 9_002),
                sharing.place(document, new DocumentPath("a"), editor.uri, SimulatedWorld.BROKER, workspace),
                false,
                world.nowMillis);
        flush(sidecar);
        settle();
        return editor;
    }

    /** What was done behind the conductor's back has effects too. */
    private void flush(SimulatedWorld.Sidecar sidecar) {
        sidecar.hear(new Input.Woken());
    }

    /** Each writes an x more at the end of what is there. */
    private void write(SimulatedEditor... editors) {
        for (SimulatedEditor editor : editors) {
            editor.append("x");
        }
    }

    private static long written(SimulatedEditor editor) {
        return editor.text().chars().filter(c -> c == 'x').count();
    }

    private void settle() {
        for (int i = 0; i < 90; i++) {
            world.settle();
            world.pass(1_000);
        }
        world.settle();
    }

    private void putOut(SimulatedWorld.Sidecar sidecar) {
        Memberships memberships = ada.workspace.memberships();
        assertThat(memberships.remove(memberships.own(), sidecar.identity.peerId()))
                .isTrue();
        flush(ada);
    }

    @Test
    void whoIsPutOutReadsAndWritesNothingMore() {
        putOut(cleo);
        settle();
        write(adas, bens, cleos);
        settle();
        assertThat(adas.text()).isEqualTo(bens.text());
        assertThat(written(adas)).isEqualTo(5);
        assertThat(written(cleos)).as("keeps what it had, and its own").isEqualTo(4);
        assertThat(cleo.statuses.get(cleos.id).readOnly())
                .as("as its copy is its own now")
                .isNull();
        assertThat(ada.workspace.memberships().own().log().epoch()).isEqualTo(2);
    }

    @Test
    void whoWasAwayMeanwhileIsToldAndGetsTheNewKey() {
        ben.disconnect();
        putOut(cleo);
        settle();
        write(adas, bens);
        settle();
        ben.connect();
        settle();
        assertThat(bens.text()).isEqualTo(adas.text());
        assertThat(ben.workspace.memberships().of(workspace).log().epoch()).isEqualTo(2);
    }

    /** Ben hears of Cleo's end late, and has more of her than Ada pinned: that counts for all, and nothing is lost. */
    @Test
    void whatAMemberHadTakenInBeforeItHeardOfThatCounts() {
        ada.disconnect();
        putOut(cleo);
        write(cleos);
        settle();
        write(bens);
        settle();
        assertThat(bens.text()).isEqualTo(cleos.text());
        cleo.disconnect();
        ada.connect();
        settle();
        write(adas);
        settle();
        assertThat(adas.text()).isEqualTo(bens.text());
        assertThat(written(adas)).isEqualTo(6);

        // What she writes after that counts nowhere, also when she still has a key of before.
        write(cleos);
        cleo.connect();
        settle();
        assertThat(adas.text()).isEqualTo(bens.text());
        assertThat(written(adas)).isEqualTo(6);
    }

    @Test
    void whoMayOnlyReadWritesNothingThatCounts() {
        Memberships memberships = ada.workspace.memberships();
        assertThat(memberships.setRole(memberships.own(), cleo.identity.peerId(), MemberRole.READ))
                .isTrue();
        flush(ada);
        settle();
        write(cleos);
        settle();
        assertThat(adas.text()).isEqualTo(bens.text());
        assertThat(written(adas)).isEqualTo(3);
        assertThat(cleos.text()).as("it is set back").isEqualTo(adas.text());
        assertThat(cleo.aside.values())
                .as("and not lost")
                .hasSize(1)
                .allMatch(aside -> aside.text().endsWith("x"));
        adas.append("y");
        settle();
        assertThat(cleos.text()).as("still reads").contains("y");
        assertThat(cleo.statuses.get(cleos.id).readOnly()).as("and is told").isTrue();
        assertThat(cleo.statuses.get(cleos.id).explanation()).contains("may read");
        assertThat(ben.statuses.get(bens.id).readOnly()).isNull();

        assertThat(memberships.setRole(memberships.own(), cleo.identity.peerId(), MemberRole.WRITE))
                .isTrue();
        flush(ada);
        settle();
        assertThat(cleo.statuses.get(cleos.id).readOnly()).as("may write again").isNull();
        assertThat(cleo.statuses.get(cleos.id).explanation()).isNull();
        cleos.append("z");
        settle();
        assertThat(bens.text())
                .as("and what she writes now counts")
                .isEqualTo(cleos.text())
                .endsWith("z");
        assertThat(cleo.aside).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void whateverAReaderTypesIsSetBackInEveryMannerOfEditors(SimulatedEditor.Manner manner) {
        Memberships memberships = ada.workspace.memberships();
        assertThat(memberships.setRole(memberships.own(), cleo.identity.peerId(), MemberRole.READ))
                .isTrue();
        flush(ada);
        settle();
        SimulatedEditor reader = world.editor(cleo, cleos.uri, manner);
        reader.open(cleos.text());
        settle();
        int logged = cleo.log.get(document.value()).size();
        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            String word = "<" + i + ">";
            typed.append(word);
            reader.append(word);
            write(adas);
            for (int step = world.random.nextInt(40); step > 0; step--) {
                world.step();
            }
        }
        settle();
        assertThat(reader.text()).isEqualTo(adas.text()).isEqualTo(bens.text()).doesNotContain("<");
        String kept = cleo.aside.values().stream().map(Aside::text).collect(Collectors.joining());
        for (int i = 0; i < 20; i++) {
            assertThat(kept).contains("<" + i + ">");
        }
        assertThat(cleo.log.get(document.value()).stream()
                        .skip(logged)
                        .filter(item -> item.kind() == LogKind.TYPED_ON_SCREEN.number()))
                .as("nothing of it is in the log, from which it would be shared")
                .isEmpty();
    }

    /** What was done to the file while no sidecar ran is typing too. */
    @Test
    void whatAReaderDidWhileTheSidecarWasAwayIsSetBack() {
        Memberships memberships = ada.workspace.memberships();
        assertThat(memberships.setRole(memberships.own(), cleo.identity.peerId(), MemberRole.READ))
                .isTrue();
        flush(ada);
        settle();
        cleo = world.again(cleo);
        cleos.append("offline");
        cleo.connect();
        world.reopen(cleo, cleos);
        write(bens);
        settle();
        assertThat(cleos.text()).isEqualTo(adas.text()).doesNotContain("offline");
        assertThat(cleo.aside.values())
                .hasSize(1)
                .allMatch(aside -> aside.text().endsWith("offline"));
    }

    @Test
    void membersAndKeysComeBackAfterARestart() {
        putOut(cleo);
        settle();
        ben = world.again(ben);
        ben.connect();
        world.reopen(ben, bens);
        ada = world.again(ada);
        ada.connect();
        world.reopen(ada, adas);
        settle();
        write(adas, bens);
        settle();
        assertThat(adas.text()).isEqualTo(bens.text());
        assertThat(ada.workspace.memberships().own().log().members()).hasSize(2);
        List<String> kept = new ArrayList<>();
        ada.log.values().forEach(records -> records.forEach(item -> kept.add("kind " + item.kind())));
        assertThat(kept).contains("kind " + LogKind.MEMBERSHIP.number());
    }

    /** An invitation's chain that somebody else signed opens nothing. */
    @Test
    void recordsThatTheOwnerDidNotSignLetNobodyIn() {
        SimulatedWorld.Sidecar dora = world.sidecar();
        dora.connect();
        List<byte[]> records =
                new ArrayList<>(ada.workspace.memberships().own().log().records(0, Integer.MAX_VALUE));
        assertThat(dora.workspace.memberships().enter(workspace, SimulatedWorld.BROKER, records))
                .isNull();
        records.replaceAll(record -> {
            byte[] changed = record.clone();
            changed[changed.length / 2] ^= 1;
            return changed;
        });
        assertThat(dora.workspace.memberships().enter(workspace, SimulatedWorld.BROKER, records))
                .isNull();
        assertThat(dora.workspace.memberships().of(workspace)).isNull();
    }
}
