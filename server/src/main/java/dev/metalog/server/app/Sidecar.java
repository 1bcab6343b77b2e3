package dev.metalog.server.app;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.link.HomeBroker;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.StoreRefused;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.Settings;
import dev.metalog.server.workspace.Workspace;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One workspace's loop: a thread that first loads what was kept and then hands the conductor one input after another,
 * performing the effects of each before it takes the next. Editors may speak before the loading is done; their inputs
 * wait in the mailbox.
 */
final class Sidecar {
    private static final long LONGEST_WAIT_MILLIS = 60_000;
    private static final long STOP_MILLIS = 900;
    private static final int REPLICA_BYTES = 10;

    private final HomeFolder home;
    private final WorkspaceFolder folder;
    private final String workspaceUri;
    private final String brokerWanted;
    private final Environment environment;
    private final Journal journal;
    private final Mailbox mailbox = new Mailbox();
    private final Tickets tickets = new Tickets(mailbox);
    private final EditorSessions sessions = new EditorSessions();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread loop = new Thread(this::run, "workspace");
    private final Alarm alarm = new Alarm();
    private volatile boolean stopping;

    /** @param brokerWanted by the first editor, instead of the environment's; may be {@code null} */
    Sidecar(
            HomeFolder home,
            WorkspaceFolder folder,
            String workspaceUri,
            String brokerWanted,
            Environment environment,
            Journal journal) {
        this.home = home;
        this.folder = folder;
        this.workspaceUri = workspaceUri;
        this.brokerWanted = brokerWanted;
        this.environment = environment;
        this.journal = journal;
    }

    void start() {
        loop.start();
    }

    Mailbox mailbox() {
        return mailbox;
    }

    Tickets tickets() {
        return tickets;
    }

    EditorSessions sessions() {
        return sessions;
    }

    /** Says good-bye to brokers and closes the store, within a second. */
    void stop() {
        stopping = true;
        mailbox.post(new Input.Woken());
        try {
            if (!stopped.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                journal.line("The good-bye to the broker took too long and was cut short.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            RandomBytes random = randomBytes();
            IdentityLoader.Loaded self = IdentityLoader.load(home, environment.variables(), random);
            HomeBroker homeBroker = new HomeBroker(environment.homeBrokerPort());
            String broker = broker(homeBroker);
            Settings settings = new Settings(
                    workspaceUri,
                    self.created(),
                    environment.topicPrefix(),
                    broker,
                    broker.equals(homeBroker.address().url()));
            Workspace workspace =
                    new Workspace(settings, self.identity(), ReplicaId.fromRandom(random.draw(REPLICA_BYTES)), random);
            String presence = environment.topicPrefix() + "/peers/announce/"
                    + self.identity().peerId();
            Links links = new Links(environment, homeBroker, presence, mailbox, journal);
            try (Disk disk = new Disk(folder, journal)) {
                Performer performer = new Performer(disk, links, sessions, tickets, alarm, mailbox, journal);
                performer.perform(workspace.boot(disk.load(), now()));
                turn(workspace, performer);
                links.close();
            }
        } catch (StoreRefused | IdentityRefused | IllegalArgumentException e) {
            refuseEverything(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            journal.failure("The workspace's loop", e);
            refuseEverything("The sidecar stopped working because of a fault in it: " + e + ". Please report it.");
        } finally {
            mailbox.close();
            stopped.countDown();
        }
    }

    private void turn(Workspace workspace, Performer performer) throws InterruptedException {
        while (!stopping) {
            Input input = mailbox.take(Math.min(alarm.waitMillis(now()), LONGEST_WAIT_MILLIS));
            if (input == null) {
                if (alarm.waitMillis(now()) > 0) {
                    continue;
                }
                input = new Input.Woken();
            }
            if (input instanceof Input.Woken) {
                alarm.clear();
            }
            List<Effect> effects = workspace.on(input, now());
            performer.perform(effects);
        }
    }

    /** The workspace cannot be served: every request is told why, and the person too. Documents are left alone. */
    private void refuseEverything(String why) {
        journal.line(why);
        sessions.showAll(why);
        try {
            while (!stopping) {
                Input input = mailbox.take(LONGEST_WAIT_MILLIS);
                if (input instanceof Input.Asked asked) {
                    tickets.refuse(asked.ticket(), EditorError.STORE_FAILED, why);
                } else if (input instanceof Input.EditorCame came) {
                    sessions.show(came.editor(), why);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String broker(HomeBroker homeBroker) {
        if (brokerWanted != null && !brokerWanted.isBlank()) {
            return RelayAddress.parse(brokerWanted).url();
        }
        if (!environment.isFederationOn()) {
            return "";
        }
        return environment.broker().isEmpty()
                ? homeBroker.address().url()
                : RelayAddress.parse(environment.broker()).url();
    }

    private static RandomBytes randomBytes() {
        SecureRandom random = new SecureRandom();
        return count -> {
            byte[] bytes = new byte[count];
            random.nextBytes(bytes);
            return bytes;
        };
    }

    private static long now() {
        return System.currentTimeMillis();
    }
}
