package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.editor.EditorRefusal;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.IdentityFiles;
import dev.metalog.server.workspace.EditorId;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.Request;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockedIdentityTest {
    private static final EditorId EDITOR = new EditorId(1);
    private static final String PASSPHRASE = "correct horse";

    @TempDir
    private Path folder;

    private final Mailbox mailbox = new Mailbox();
    private final Tickets tickets = new Tickets(mailbox);
    private final ByteArrayOutputStream journal = new ByteArrayOutputStream();
    private HomeFolder home;
    private PeerIdentity identity;
    private LockedIdentity locked;

    @BeforeEach
    void protect() throws Exception {
        home = HomeFolder.open(folder.resolve("home"));
        Mnemonic words = Mnemonic.fromEntropy(new byte[Mnemonic.ENTROPY_BYTES]);
        identity = PeerIdentity.fromMnemonic(words, "");
        IdentityFiles files = new IdentityFiles(home);
        files.createKeystore(Keystore.encrypt(identity, words, PASSPHRASE, new byte[Keystore.RANDOM_BYTES]));
        locked = new LockedIdentity(
                home,
                Sidecar.randomBytes(),
                tickets,
                new EditorSessions(),
                new Journal(new PrintStream(journal, true, StandardCharsets.UTF_8)),
                new IdentityLoader.LockedException(files.keystoreFile(), "A passphrase protects the identity."));
    }

    private <T> CompletableFuture<T> ask(Request request, Class<T> type) throws InterruptedException {
        CompletableFuture<T> answer = tickets.ask(EDITOR, request, type);
        locked.take(mailbox.take(1_000));
        return answer;
    }

    private CompletableFuture<EditorMessages.Done> unlock(String passphrase) throws InterruptedException {
        return ask(new Request.Unlock(new EditorMessages.UnlockParams(passphrase)), EditorMessages.Done.class);
    }

    private static void assertLocked(CompletableFuture<?> answer) {
        assertThat(answer).isCompletedExceptionally();
        assertThat(answer.handle((result, failure) -> failure).join()).satisfies(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            assertThat(((EditorRefusal) cause).error()).isEqualTo(EditorError.LOCKED);
        });
    }

    @Test
    void requestsAreRefusedUntilThePassphraseIsRight() throws Exception {
        assertLocked(ask(new Request.Status(), EditorMessages.Status.class));
        assertLocked(unlock("wr0ng"));
        assertThat(locked.opened()).isNull();
        assertThat(unlock(PASSPHRASE)).isCompleted();
        assertThat(locked.opened().identity().peerId()).isEqualTo(identity.peerId());
        assertThat(locked.opened().device().certificate().peer()).isEqualTo(identity.peerId());
        assertThat(journal.toString(StandardCharsets.UTF_8))
                .doesNotContain("wr0ng")
                .doesNotContain(PASSPHRASE);
    }

    @Test
    void whatComesMeanwhileWaitsInItsOrder() {
        Input first = new Input.Opened(EDITOR, "file:///w/a.txt", 1, "text");
        Input second = new Input.Closed(EDITOR, "file:///w/a.txt");
        locked.take(first);
        locked.take(second);
        assertThat(locked.waiting()).containsExactly(first, second);
    }

    @Test
    void notMoreWaitsThanMay() {
        for (int i = 0; i < Limits.MAILBOX_INPUTS; i++) {
            locked.take(new Input.Woken());
        }
        assertThat(locked.isOverfull()).isFalse();
        locked.take(new Input.Woken());
        assertThat(locked.isOverfull()).isTrue();
    }

    @Test
    void norMoreTextThanOneDocumentMayHave() {
        String half = "x".repeat(Limits.DOCUMENT_BYTES / 2);
        locked.take(new Input.Opened(EDITOR, "file:///w/a.txt", 1, half));
        locked.take(new Input.Opened(EDITOR, "file:///w/b.txt", 1, half));
        assertThat(locked.isOverfull()).isFalse();
        locked.take(new Input.Opened(EDITOR, "file:///w/c.txt", 1, "x"));
        assertThat(locked.isOverfull()).isTrue();
    }
}
