package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MemberMessages;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From an invitation to typing together, as editors ask for it. */
class InvitationsTest {
    private SimulatedWorld world;
    private SimulatedWorld.Sidecar ada;
    private SimulatedWorld.Sidecar ben;
    private SimulatedEditor adas;
    private SimulatedEditor bens;

    @BeforeEach
    void twoWhoDoNotKnowEachOther() {
        world = new SimulatedWorld(21);
        ada = world.sidecar();
        ben = world.sidecar();
        ada.connect();
        ben.connect();
        adas = open(ada, 0, "plan: ");
        bens = open(ben, 1, "");
    }

    private SimulatedEditor open(SimulatedWorld.Sidecar sidecar, int number, String text) {
        SimulatedEditor editor = world.editor(sidecar, "file:///w" + number + "/a", SimulatedEditor.Manner.PROMPT);
        editor.open(text);
        world.settle();
        return editor;
    }

    private Object members(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor, MemberRequest request) {
        return sidecar.ask(editor.id, new Request.Members(request));
    }

    private String invite(String kind, boolean yes) {
        Object answer = members(
                ada,
                adas,
                new MemberRequest.Invite(new MemberMessages.InviteParams(adas.uri, kind, "write", "Ada", yes)));
        return ((MemberMessages.Invited) answer).invitation();
    }

    private long join(SimulatedWorld.Sidecar sidecar, SimulatedEditor editor, String invitation, String name) {
        return sidecar.begin(
                editor.id, new Request.Join(new EditorMessages.JoinParams(invitation, editor.uri, null, name)));
    }

    private void settle() {
        for (int i = 0; i < 40; i++) {
            world.settle();
            world.pass(1_000);
        }
        world.settle();
    }

    private Object decide(boolean approve) {
        assertThat(ada.asks).hasSize(1);
        return members(
                ada,
                adas,
                new MemberRequest.Answer(
                        new MemberMessages.AnswerParams(ada.asks.get(0).request(), approve, null)));
    }

    private void assertTogether() {
        adas.append("a");
        bens.append("b");
        settle();
        assertThat(bens.text()).isEqualTo(adas.text()).contains("plan: ", "a", "b");
    }

    @Test
    void byLinkOnceTheOwnerAgrees() {
        long ticket = join(ben, bens, invite("link", false), "Ben");
        settle();
        assertThat(ben.answers).doesNotContainKey(ticket);
        MemberMessages.Asks asks = ada.asks.get(0);
        assertThat(asks.name()).isEqualTo("Ben");
        assertThat(asks.peerId()).isEqualTo(ben.identity.peerId().value());
        assertThat(ben.shown).anyMatch(line -> line.contains(asks.fingerprint()));
        decide(true);
        settle();
        assertThat(ben.answers.get(ticket)).isInstanceOf(EditorMessages.Joined.class);
        assertTogether();
    }

    @Test
    void byCodeWithoutBeingLookedAt() {
        String code = invite("code", true);
        assertThat(code).matches("[0-9]{6}-[a-z]+-[a-z]+");
        long ticket = join(ben, bens, " " + code.toUpperCase(Locale.ROOT).replace('-', ' '), "Ben");
        settle();
        assertThat(ben.answers.get(ticket)).isInstanceOf(EditorMessages.Joined.class);
        assertTogether();
        MemberMessages.Members listed = (MemberMessages.Members) members(ada, adas, new MemberRequest.Listing());
        assertThat(listed.workspaces()).hasSize(1);
        assertThat(listed.workspaces().get(0).members())
                .extracting(MemberMessages.Member::name)
                .containsExactlyInAnyOrder("Ada", "Ben");
    }

    @Test
    void whoIsRejectedLearnsIt() {
        long ticket = join(ben, bens, invite("link", false), "Ben");
        settle();
        assertThat(((MemberMessages.Told) decide(false)).explanation()).contains("not let in");
        settle();
        assertThat(((Effect.Refuse) ben.answers.get(ticket)).explanation()).contains("did not let");
    }

    @Test
    void oneWrongGuessBurnsACode() {
        String code = invite("code", true);
        String wrong = code.substring(0, 7) + (code.endsWith("-zoo-zoo") ? "able-able" : "zoo-zoo");
        long ticket = join(ben, bens, wrong, "Ben");
        settle();
        assertThat(ben.answers.get(ticket)).isInstanceOf(Effect.Refuse.class);
        SimulatedWorld.Sidecar cleo = world.sidecar();
        cleo.connect();
        SimulatedEditor cleos = open(cleo, 2, "");
        long late = join(cleo, cleos, code, "Cleo");
        settle();
        assertThat(cleo.answers.get(late)).isNotInstanceOf(EditorMessages.Joined.class);
        assertThat(cleos.text()).isEmpty();
    }

    @Test
    void aLinkServesOneDevice() {
        String link = invite("link", true);
        join(ben, bens, link, "Ben");
        settle();
        assertTogether();
        SimulatedWorld.Sidecar cleo = world.sidecar();
        cleo.connect();
        SimulatedEditor cleos = open(cleo, 2, "");
        long late = join(cleo, cleos, link, "Cleo");
        settle();
        assertThat(((Effect.Refuse) cleo.answers.get(late)).error()).isEqualTo(EditorError.BAD_INVITATION);
    }

    /** A link is good for a day and one device, whatever happens to the machine that made it. */
    @Test
    void aLinkOutlivesARestart() {
        String link = invite("link", true);
        ada = world.again(ada);
        ada.connect();
        world.reopen(ada, adas);
        long ticket = join(ben, bens, link, "Ben");
        settle();
        assertThat(ben.answers.get(ticket)).isInstanceOf(EditorMessages.Joined.class);
        assertTogether();

        ada = world.again(ada);
        ada.connect();
        world.reopen(ada, adas);
        SimulatedWorld.Sidecar cleo = world.sidecar();
        cleo.connect();
        SimulatedEditor cleos = open(cleo, 2, "");
        long late = join(cleo, cleos, link, "Cleo");
        settle();
        assertThat(cleo.answers.get(late)).isInstanceOf(Effect.Refuse.class);
        assertThat(cleos.text()).isEmpty();
    }

    @Test
    void whoIsPutOutAndWhoLeaves() {
        join(ben, bens, invite("link", true), "Ben");
        settle();
        assertTogether();
        Object told = members(
                ada,
                adas,
                new MemberRequest.Remove(new MemberMessages.RemoveParams(
                        null, ben.identity.peerId().value())));
        assertThat(((MemberMessages.Told) told).explanation()).contains("is out");
        settle();
        adas.append("secret");
        settle();
        assertThat(bens.text()).doesNotContain("secret");

        SimulatedWorld.Sidecar cleo = world.sidecar();
        cleo.connect();
        SimulatedEditor cleos = open(cleo, 2, "");
        join(cleo, cleos, invite("link", true), "Cleo");
        settle();
        assertThat(cleos.text()).isEqualTo(adas.text());
        MemberMessages.Members listed = (MemberMessages.Members) members(cleo, cleos, new MemberRequest.Listing());
        members(
                cleo,
                cleos,
                new MemberRequest.Leave(new MemberMessages.LeaveParams(
                        listed.workspaces().get(0).workspace())));
        settle();
        adas.append("more");
        settle();
        assertThat(cleos.text()).doesNotContain("more").contains("secret");
        listed = (MemberMessages.Members) members(ada, adas, new MemberRequest.Listing());
        assertThat(listed.workspaces().get(0).members()).hasSize(1);
    }

    @Test
    void openInvitationsAreBounded() {
        for (int i = 0; i < Invitations.MOST_OPEN; i++) {
            invite("link", true);
        }
        Object refused = members(
                ada,
                adas,
                new MemberRequest.Invite(new MemberMessages.InviteParams(adas.uri, "link", null, null, null)));
        assertThat(((Effect.Refuse) refused).error()).isEqualTo(EditorError.LIMIT);
        for (long passed = 0; passed <= WorkspaceInvitation.VALID_MILLIS; passed += 60_000) {
            world.pass(60_000);
        }
        invite("link", true);
    }

    @Test
    void whatIsCancelledIsNoLongerAskedFor() {
        String code = invite("code", false);
        long ticket = join(ben, bens, code, "Ben");
        ben.hear(new Input.Cancelled(bens.id, ticket));
        settle();
        assertThat(ada.asks).as("nobody is asked about somebody who went away").isEmpty();
        assertThat(ben.answers).doesNotContainKey(ticket);
        assertThat(ben.topics).noneMatch(topic -> ada.topics.contains(topic) && topic.startsWith(Channel.TOPIC));

        long other = join(ben, bens, invite("link", true), "Ben");
        settle();
        assertThat(ben.answers.get(other)).isInstanceOf(EditorMessages.Joined.class);
        assertTogether();
    }

    /** A code serves once; who has to be asked something more is not to need another one for that. */
    @Test
    void whoHasToAgreeToANameFirstNeedsNoOtherCode() {
        String code = invite("code", true);
        SimulatedEditor obeyed = world.editor(ben, "file:///w1/.envrc", SimulatedEditor.Manner.PROMPT);
        obeyed.open("");
        world.settle();
        long first = join(ben, obeyed, code, "Ben");
        world.settle();
        assertThat(((Effect.Refuse) ben.answers.get(first)).error()).isEqualTo(EditorError.NEEDS_CONSENT);
        long second =
                ben.begin(obeyed.id, new Request.Join(new EditorMessages.JoinParams(code, obeyed.uri, true, "Ben")));
        settle();
        assertThat(ben.answers.get(second)).isInstanceOf(EditorMessages.Joined.class);
        assertThat(obeyed.text()).isEqualTo(adas.text()).isNotEmpty();
    }

    @Test
    void whoWouldOverwriteSomethingNeedsNoOtherCode() {
        String code = invite("code", true);
        SimulatedEditor other = world.editor(ben, "file:///w1/b", SimulatedEditor.Manner.PROMPT);
        other.open("something of my own");
        world.settle();
        long first = join(ben, other, code, "Ben");
        world.settle();
        assertThat(((Effect.Refuse) ben.answers.get(first)).error()).isEqualTo(EditorError.WOULD_OVERWRITE);
        assertThat(other.text()).isEqualTo("something of my own");
        long second = join(ben, bens, code, "Ben");
        settle();
        assertThat(ben.answers.get(second)).isInstanceOf(EditorMessages.Joined.class);
        assertTogether();
    }
}
