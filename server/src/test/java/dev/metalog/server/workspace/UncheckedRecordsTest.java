package dev.metalog.server.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Bundle;
import dev.metalog.protocol.Event;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import dev.metalog.protocol.editor.EditorMessages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What comes before what it follows on is kept before it can be checked: a restart must not take it for checked. */
class UncheckedRecordsTest {
    private SimulatedWorld world;
    private SimulatedWorld.Sidecar author;
    private SimulatedWorld.Sidecar reader;
    private List<byte[]> written;

    @BeforeEach
    void anAuthorWritesTwiceAndAReaderHasIt() {
        world = new SimulatedWorld(31);
        author = world.sidecar();
        reader = world.sidecar();
        author.connect();
        reader.connect();
        SimulatedEditor authors = world.editor(author, "file:///w0/a", SimulatedEditor.Manner.PROMPT);
        authors.open("");
        world.settle();
        String invitation = ((EditorMessages.Shared)
                        author.ask(authors.id, new Request.Share(new EditorMessages.ShareParams(authors.uri))))
                .invitation();
        SimulatedEditor readers = world.editor(reader, "file:///w1/a", SimulatedEditor.Manner.PROMPT);
        readers.open("");
        world.settle();
        reader.ask(readers.id, new Request.Join(new EditorMessages.JoinParams(invitation, readers.uri)));
        world.settle();
        authors.append("one ");
        world.settle();
        authors.append("two");
        world.settle();
        assertThat(readers.text()).isEqualTo("one two");
        written = author.log.values().iterator().next().stream()
                .filter(item -> item.kind() == LogKind.TYPED_ON_SCREEN.number())
                .map(item -> Arrays.copyOfRange(item.body(), Integer.BYTES, item.body().length))
                .toList();
        assertThat(written).hasSize(2);
    }

    private static byte[] forged(byte[] genuine) throws Exception {
        Signed signed = SignedEventsCodec.decode(genuine);
        Event event = BundleCodec.toBundle(signed.runs()).events().get(0);
        Event other = new Event(
                event.id(),
                event.parents(),
                event.kind(),
                event.position(),
                event.length(),
                "bad",
                event.stampMinutes());
        return SignedEventsCodec.encode(new Signed(BundleCodec.toRuns(new Bundle(List.of(other))), signed.proofs()));
    }

    /** A reader that starts with these records, alone. */
    private SimulatedWorld.Sidecar startedWith(StoredDocument.Item... records) {
        StoredDocument stored = reader.stored().get(0);
        author.disconnect();
        world.kill(reader);
        return world.sidecar(List.of(new StoredDocument(stored.shared(), List.of(records))));
    }

    private static StoredDocument.Item item(LogKind kind, byte[] body) {
        return new StoredDocument.Item(kind.number(), body);
    }

    @Test
    void whatWaitedIsCheckedWhenItsTimeHasCome() {
        SimulatedWorld.Sidecar again =
                startedWith(item(LogKind.BUNDLE, written.get(0)), item(LogKind.WAITING, written.get(1)));
        assertThat(world.restoredText(again)).isEqualTo("one two");
        List<StoredDocument.Item> log = again.log.values().iterator().next();
        assertThat(log.stream().filter(record -> record.kind() == LogKind.BUNDLE.number()))
                .as("and kept as what counts")
                .hasSize(2);
    }

    @Test
    void aForgeryThatWaitedIsNotTakenInByARestart() throws Exception {
        SimulatedWorld.Sidecar again =
                startedWith(item(LogKind.BUNDLE, written.get(0)), item(LogKind.WAITING, forged(written.get(1))));
        assertThat(world.restoredText(again)).isEqualTo("one ");
        // What is true is taken in, and a snapshot is not held up by what is not.
        author.connect();
        again.connect();
        for (int i = 0; i < 40; i++) {
            world.settle();
            world.pass(1_000);
        }
        again.logsGrow();
        List<StoredDocument.Item> log =
                new ArrayList<>(again.log.values().iterator().next());
        assertThat(Restored.from(log).graph().text()).isEqualTo("one two");
        assertThat(log).anyMatch(record -> record.kind() == LogKind.SAVED.number());
    }
}
