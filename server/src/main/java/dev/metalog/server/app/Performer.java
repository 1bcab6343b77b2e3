package dev.metalog.server.app;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Aside;
import dev.metalog.server.workspace.EditOutcome;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Carries out effects in their order. A document whose log fails is no longer sent: what could be lost here must not be
 * believed elsewhere. Used by the loop thread alone.
 */
final class Performer implements Effect.Handler {
    /** UTF-16 units of what was typed and could not be kept, from its end. */
    private static final int ASIDE_TOLD_UNITS = 2_000;

    private final Disk disk;
    private final Links links;
    private final EditorSessions sessions;
    private final Tickets tickets;
    private final Alarm alarm;
    private final Mailbox mailbox;
    private final Journal journal;
    private boolean notKept;
    /** Numbers of what could not be kept the last time; as few as editors show documents. */
    private final Set<Long> untoldAside = new HashSet<>();

    Performer(
            Disk disk,
            Links links,
            EditorSessions sessions,
            Tickets tickets,
            Alarm alarm,
            Mailbox mailbox,
            Journal journal) {
        this.disk = disk;
        this.links = links;
        this.sessions = sessions;
        this.tickets = tickets;
        this.alarm = alarm;
        this.mailbox = mailbox;
        this.journal = journal;
    }

    void perform(List<Effect> effects) {
        notKept = false;
        for (Effect effect : effects) {
            effect.dispatch(this);
        }
    }

    @Override
    public void persist(Effect.Persist effect) {
        if (!disk.persist(effect)) {
            notKept = true;
        }
    }

    @Override
    public void snapshot(Effect.Snapshot effect) {
        disk.snapshot(effect);
    }

    @Override
    public void reread(Effect.Reread effect) {
        mailbox.postFromLoop(new Input.LogRead(effect.document(), disk.reread(effect.document())));
    }

    @Override
    public void keepEvidence(Effect.KeepEvidence effect) {
        disk.keepEvidence(effect.evidence());
    }

    @Override
    public void keepAside(Effect.KeepAside effect) {
        Aside aside = effect.aside();
        String what = aside.path() + ": you may only read this document. What you type in it is set back";
        try {
            Path file = disk.keepAside(aside);
            if (untoldAside.remove(aside.number()) || aside.isFirst()) {
                show(new Effect.Show(
                        aside.editor(),
                        what + " and sent to nobody. It is kept in " + file + ". Ask the workspace's owner to let you"
                                + " write (meta-log members role)."));
            }
        } catch (StoreRefused e) {
            // The next key tries again with all of it; of what comes in between only the first is told.
            if (untoldAside.add(aside.number())) {
                String typed = aside.text();
                show(new Effect.Show(
                        aside.editor(),
                        what + ", and could not be kept: " + e.getMessage() + " It was: "
                                + typed.substring(Math.max(0, typed.length() - ASIDE_TOLD_UNITS))));
            }
        }
    }

    @Override
    public void keepTakenOut(Effect.KeepTakenOut effect) {
        String said = effect.document().path() + ": " + disk.keepTakenOut(effect);
        effect.told().forEach(editor -> show(new Effect.Show(editor, said)));
    }

    @Override
    public void keepContradiction(Effect.KeepContradiction effect) {
        disk.keepContradiction(effect);
    }

    @Override
    public void remember(Effect.Remember effect) {
        keep(() -> disk.remember(effect.document()));
    }

    @Override
    public void forget(Effect.Forget effect) {
        keep(() -> disk.forget(effect.document()));
    }

    @Override
    public void keepPeers(Effect.KeepPeers effect) {
        if (!disk.keepPeers(effect)) {
            notKept = true;
        }
    }

    @Override
    public void keepFile(Effect.KeepFile effect) {
        disk.keepFile(effect.file());
    }

    @Override
    public void usePassword(Effect.UsePassword effect) {
        links.usePassword(effect);
    }

    @Override
    public void subscribe(Effect.Subscribe effect) {
        links.subscribe(effect.topic());
    }

    @Override
    public void unsubscribe(Effect.Unsubscribe effect) {
        links.unsubscribe(effect.topic());
    }

    @Override
    public void publish(Effect.Publish effect) {
        if (notKept) {
            mailbox.postFromLoop(new Input.NotPublished(
                    effect.broker(), effect.token(), "It could not be kept on this disk, so it was not sent."));
        } else {
            links.publish(effect);
        }
    }

    @Override
    public void send(Effect.Send effect) {
        if (notKept) {
            mailbox.postFromLoop(new Input.NotPublished(
                    "", effect.token(), "It could not be kept on this disk, so it was not sent."));
        } else {
            links.send(effect);
        }
    }

    @Override
    public void seek(Effect.Seek effect) {
        links.seek(effect);
    }

    @Override
    public void forsake(Effect.Forsake effect) {
        links.forsake(effect);
    }

    @Override
    public void welcome(Effect.Welcome effect) {
        links.welcome(effect);
    }

    @Override
    public void showBeacon(Effect.ShowBeacon effect) {
        links.showBeacon(effect);
    }

    @Override
    public void keepContacts(Effect.KeepContacts effect) {
        disk.contacts().keep(effect.statements());
    }

    @Override
    public void keepHeardUpTo(Effect.KeepHeardUpTo effect) {
        disk.keepHeardUpTo(effect);
    }

    @Override
    public void openLink(Effect.OpenLink effect) {
        links.open(effect.broker());
    }

    @Override
    public void offer(Effect.Offer effect) {
        if (notKept) {
            mailbox.postFromLoop(
                    new Input.Answered(effect.editor(), effect.uri(), effect.editId(), EditOutcome.REFUSED));
        } else {
            sessions.offer(effect, mailbox);
        }
    }

    @Override
    public void answer(Effect.Answer effect) {
        // A document that is shared all the same says by itself that it is not kept.
        boolean document =
                effect.result() instanceof EditorMessages.Shared || effect.result() instanceof EditorMessages.Joined;
        if (notKept && !document) {
            boolean holds = effect.result() instanceof PeerMessages.Decided;
            tickets.refuse(
                    effect.ticket(),
                    EditorError.STORE_FAILED,
                    (holds
                                    ? "It holds until meta-log ends, and could not be kept on this disk beyond that."
                                    : "It could not be kept on this disk, so it counts as not done.")
                            + " Free some space on the disk of"
                            + " META_LOG_HOME and try again; the log of meta-log tells more.");
        } else {
            tickets.answer(effect.ticket(), effect.result());
        }
    }

    @Override
    public void refuse(Effect.Refuse effect) {
        tickets.refuse(effect.ticket(), effect.error(), effect.explanation());
    }

    @Override
    public void measure(Effect.Measure effect) {
        List<MetricsMessages.Queue> queues = new ArrayList<>();
        queues.add(mailbox.queue());
        queues.addAll(sessions.queues());
        queues.addAll(links.queues());
        queues.addAll(effect.queues());
        tickets.answer(effect.ticket(), new MetricsMessages.Metrics(queues, links.traffic()));
    }

    @Override
    public void tellConnection(Effect.TellConnection effect) {
        sessions.tellAll(client -> client.connection(effect.connection()));
        if (effect.connection().explanation() != null) {
            journal.line(effect.connection().explanation());
        }
    }

    @Override
    public void tellDocument(Effect.TellDocument effect) {
        sessions.tell(effect.editor(), client -> client.documentStatus(effect.status()));
    }

    @Override
    public void tellPeer(Effect.TellPeer effect) {
        sessions.tellAll(client -> client.peerDiscovered(effect.peer()));
    }

    @Override
    public void tellPeerLeft(Effect.TellPeerLeft effect) {
        sessions.tellAll(client -> client.peerLeft(new EditorMessages.PeerLeft(effect.peerId())));
    }

    @Override
    public void tellPeerStatus(Effect.TellPeerStatus effect) {
        sessions.tellAll(client -> client.peerStatus(effect.changed()));
    }

    @Override
    public void tellMemberAsks(Effect.TellMemberAsks effect) {
        sessions.tellAll(client -> client.memberAsks(effect.asks()));
    }

    @Override
    public void tellMessage(Effect.TellMessage effect) {
        sessions.tellAll(client -> client.messageReceived(effect.message()));
    }

    @Override
    public void tellFile(Effect.TellFile effect) {
        sessions.tellAll(client -> client.fileReceived(effect.received()));
    }

    @Override
    public void tellPeerMessage(Effect.TellPeerMessage effect) {
        sessions.tellAll(client -> client.peerMessage(effect.message()));
    }

    @Override
    public void tellBlackboard(Effect.TellBlackboard effect) {
        sessions.tell(effect.editor(), client -> client.blackboardChanged(effect.changed()));
    }

    @Override
    public void tellPresence(Effect.TellPresence effect) {
        sessions.tell(effect.editor(), client -> client.presenceChanged(effect.changed()));
    }

    @Override
    public void show(Effect.Show effect) {
        journal.line(effect.explanation());
        sessions.show(effect.editor(), effect.explanation());
    }

    @Override
    public void log(Effect.Log effect) {
        journal.line(effect.line());
    }

    @Override
    public void wakeIn(Effect.WakeIn effect) {
        alarm.set(effect.delayMillis());
    }

    private interface Keeping {
        void run() throws StoreRefused;
    }

    private void keep(Keeping keeping) {
        try {
            keeping.run();
        } catch (StoreRefused e) {
            notKept = true;
            journal.line(e.getMessage());
            sessions.showAll(e.getMessage());
        }
    }
}
