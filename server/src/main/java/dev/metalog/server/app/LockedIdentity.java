package dev.metalog.server.app;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.RangeChange;
import dev.metalog.server.workspace.Request;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The time between the start of a sidecar and the passphrase of its identity. Every editor is told that one is wanted; what
 * editors show and type meanwhile waits, and is carried out as if it had come afterwards. Requests are refused.
 *
 * <p>What waits is bounded by {@link Limits#MAILBOX_INPUTS} and {@link Limits#DOCUMENT_BYTES}. Beyond that nothing that
 * waited is of use, and the sidecar ends: the editor, which has all of it, starts another and shows it what it has then.
 *
 * <p>Used by the loop thread alone.
 */
final class LockedIdentity {
    private final HomeFolder home;
    private final RandomBytes random;
    private final Tickets tickets;
    private final EditorSessions sessions;
    private final Journal journal;
    private final Deque<Input> waiting = new ArrayDeque<>();
    private long waitingUnits;
    private IdentityLoader.LockedException why;
    private IdentityLoader.Loaded opened;

    LockedIdentity(
            HomeFolder home,
            RandomBytes random,
            Tickets tickets,
            EditorSessions sessions,
            Journal journal,
            IdentityLoader.LockedException why) {
        this.home = home;
        this.random = random;
        this.tickets = tickets;
        this.sessions = sessions;
        this.journal = journal;
        this.why = why;
        journal.line(why.getMessage());
    }

    /** The identity, once it is open; {@code null} before. */
    IdentityLoader.Loaded opened() {
        return opened;
    }

    /** What came meanwhile, oldest first. */
    Deque<Input> waiting() {
        return waiting;
    }

    /** Whether more waits than may. */
    boolean isOverfull() {
        return waiting.size() > Limits.MAILBOX_INPUTS || waitingUnits > Limits.DOCUMENT_BYTES;
    }

    void take(Input input) {
        if (input instanceof Input.Asked asked && asked.request() instanceof Request.Unlock unlock) {
            unlock(asked.ticket(), unlock.params().passphrase());
        } else if (input instanceof Input.Asked asked) {
            tickets.refuse(asked.ticket(), EditorError.LOCKED, why.getMessage());
        } else {
            if (input instanceof Input.EditorCame came) {
                sessions.tell(came.editor(), client -> client.locked(locked()));
                sessions.show(came.editor(), why.getMessage());
            }
            waiting.add(input);
            waitingUnits += units(input);
        }
    }

    private void unlock(long ticket, String passphrase) {
        try {
            opened = IdentityLoader.unlock(home, passphrase, random);
            tickets.answer(ticket, new EditorMessages.Done());
            journal.line("The identity is open.");
        } catch (IdentityLoader.LockedException e) {
            why = e;
            tickets.refuse(ticket, EditorError.LOCKED, e.getMessage());
        } catch (StoreRefused | IdentityRefused e) {
            tickets.refuse(ticket, EditorError.STORE_FAILED, e.getMessage());
        }
    }

    private static long units(Input input) {
        if (input instanceof Input.Opened shown) {
            return shown.text().length();
        }
        long units = 0;
        if (input instanceof Input.Changed changed) {
            for (RangeChange change : changed.changes()) {
                units += change.text().length();
            }
        }
        return units;
    }

    private EditorMessages.Locked locked() {
        return new EditorMessages.Locked(why.keystore().toString());
    }
}
