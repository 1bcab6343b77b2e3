package dev.metalog.server.app;

import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.editor.BrokerChoice;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Whereabouts;
import dev.metalog.server.link.HomeBroker;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.link.RelayLink;
import dev.metalog.server.link.direct.DirectSettings;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Input;
import dev.metalog.server.workspace.RandomBytes;
import dev.metalog.server.workspace.Settings;
import dev.metalog.server.workspace.Workspace;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One workspace's loop: a thread that first loads what was kept and then hands the conductor one input after another,
 * performing the effects of each before it takes the next. Editors may speak before the loading is done; their inputs
 * wait in the mailbox.
 */
final class Sidecar {
    private static final long LONGEST_WAIT_MILLIS = 60_000;
    /** How long what editors have sent already may take to be kept; a key is some tens of microseconds. */
    private static final long WORK_OFF_MILLIS = 20_000;
    /** How long saying good-bye may take after that. */
    private static final long STOP_MILLIS = 900;

    /** Inputs that have waited and are looked at in one go; the effects of the first wait for the last. */
    private static final int MOST_TOGETHER = 64;

    private static final int REPLICA_BYTES = 10;
    private static final int EXIT_FAULT = 4;

    private final HomeFolder home;
    private final WorkspaceFolder folder;
    private final String workspaceUri;
    private final BrokerChoice brokerWanted;
    private final Environment environment;
    private final Journal journal;
    private final Mailbox mailbox = new Mailbox();
    private final Tickets tickets = new Tickets(mailbox);
    private final EditorSessions sessions = new EditorSessions();
    private final CountDownLatch workedOff = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread loop = new Thread(this::run, "workspace");
    private final Alarm alarm = new Alarm();
    private volatile boolean stopping;

    /** @param brokerWanted by the first editor, instead of the environment's */
    Sidecar(
            HomeFolder home,
            WorkspaceFolder folder,
            String workspaceUri,
            BrokerChoice brokerWanted,
            Environment environment,
            Journal journal) {
        this.home = home;
        this.folder = folder;
        this.workspaceUri = workspaceUri;
        this.brokerWanted = brokerWanted;
        this.environment = environment.wanting(brokerWanted);
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

    /**
     * Carries out what is in the mailbox already, however long that takes within reason, then says good-bye to brokers and closes the
     * store, within a second.
     */
    void stop() {
        stopping = true;
        mailbox.post(new Input.Woken());
        mailbox.close();
        try {
            if (!workedOff.await(WORK_OFF_MILLIS, TimeUnit.MILLISECONDS)) {
                journal.line("Not all that editors had sent could be kept in time.");
            }
            if (!stopped.await(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
                journal.line("The good-bye to the broker took too long and was cut short.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            Parts parts = prepare();
            if (parts != null) {
                work(parts);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            // What is in memory may be half done, what is on disk is whole. The editor starts us again, from there.
            journal.failure("The workspace's loop", e);
            Runtime.getRuntime().halt(EXIT_FAULT);
        } finally {
            mailbox.close();
            workedOff.countDown();
            stopped.countDown();
        }
    }

    /** What the loop works with. */
    private record Parts(Workspace workspace, Links links, Disk disk) {}

    /** Opens what is needed; when that fails, says why to everybody who asks until the end, and returns {@code null}. */
    private Parts prepare() throws InterruptedException {
        try {
            RandomBytes random = randomBytes();
            HomeBroker homeBroker = new HomeBroker(environment.homeBrokerPort());
            String broker = broker(homeBroker);
            IdentityLoader.Loaded self = identity(random);
            if (self == null) {
                return null;
            }
            boolean embedded = broker.equals(homeBroker.address().url());
            Settings settings = new Settings(workspaceUri, self.created(), environment.topicPrefix(), broker, embedded);
            ReplicaId writer = ReplicaId.fromRandom(random.draw(REPLICA_BYTES));
            Workspace workspace = new Workspace(settings, self.identity(), self.device(), new Notary(), writer, random);
            String presence = environment.topicPrefix() + "/peers/announce/"
                    + self.identity().peerId();
            Disk disk = new Disk(folder, workspaceUri, mailbox, journal);
            Map<String, RelayLink> byBroker = new ConcurrentHashMap<>();
            SparedBrokers spared = new SparedBrokers(byBroker, mailbox);
            DirectWay direct = directWay(self.device(), disk.contacts(), spared);
            Links links = new Links(environment, homeBroker, byBroker, spared, direct, presence, mailbox, journal);
            return new Parts(workspace, links, disk);
        } catch (IdentityRefused e) {
            refuseEverything(IdentityLoader.where(home) + ": " + e.getMessage());
            return null;
        } catch (StoreRefused | IllegalArgumentException e) {
            refuseEverything(e.getMessage());
            return null;
        }
    }

    /** {@code null} when there are to be no direct links. */
    private DirectWay directWay(DeviceKey device, ContactsKeeper contacts, SparedBrokers spared) {
        DirectSettings wanted = environment.direct();
        if (wanted == null) {
            return null;
        }
        long place = Whereabouts.placeOf(device, workspaceUri.getBytes(StandardCharsets.UTF_8));
        LanWay lan = environment.isLanOn() ? new LanWay(wanted.loopbackOnly(), mailbox, journal) : null;
        return new DirectWay(wanted, new DirectDoor(device, place), contacts, spared, lan, mailbox, journal);
    }

    /** Waits for the passphrase if one is needed; {@code null} when the sidecar ends before. */
    private IdentityLoader.Loaded identity(RandomBytes random)
            throws StoreRefused, IdentityRefused, InterruptedException {
        LockedIdentity locked;
        try {
            return IdentityLoader.load(home, environment.variables(), random);
        } catch (IdentityLoader.LockedException e) {
            locked = new LockedIdentity(home, random, tickets, sessions, journal, e);
        }
        while (locked.opened() == null) {
            if (stopping) {
                return null;
            }
            Input input = mailbox.take(LONGEST_WAIT_MILLIS);
            if (input != null) {
                locked.take(input);
            }
            if (locked.isOverfull()) {
                journal.line("Too much was typed before the passphrase came. The editor has it all, and starts anew.");
                Runtime.getRuntime().halt(EXIT_FAULT);
            }
        }
        locked.waiting().forEach(mailbox::postFromLoop);
        return locked.opened();
    }

    private void work(Parts parts) throws InterruptedException {
        try (Disk disk = parts.disk()) {
            Performer performer = new Performer(disk, parts.links(), sessions, tickets, alarm, mailbox, journal);
            performer.perform(parts.workspace().boot(disk.load(), disk.loadPeers(), now()));
            performer.perform(
                    parts.workspace().on(new Input.ContactsKept(disk.contacts().statements()), now()));
            turn(parts.workspace(), disk, performer);
            performer.perform(parts.workspace().end());
            workedOff.countDown();
            parts.links().close();
        }
    }

    private void turn(Workspace workspace, Disk disk, Performer performer) throws InterruptedException {
        List<Input> together = new ArrayList<>();
        Tidying tidying = new Tidying(now());
        while (true) {
            Input input = mailbox.take(stopping ? 0 : Math.min(alarm.waitMillis(), LONGEST_WAIT_MILLIS));
            if (input == null) {
                if (stopping) {
                    // Only now: an editor's last keys may have waited behind its end.
                    return;
                }
                if (alarm.waitMillis() > 0) {
                    continue;
                }
                input = new Input.Woken();
            }
            for (; input != null; input = together.size() < MOST_TOGETHER ? mailbox.poll() : null) {
                if (input instanceof Input.Woken) {
                    alarm.clear();
                }
                if (input instanceof Input.KeptAgain kept && !disk.isKeptAgain(kept.document())) {
                    // More has been refused since that was said.
                    continue;
                }
                together.add(input);
            }
            List<Effect> effects = workspace.on(together, now());
            performer.perform(effects);
            if (tidying.isDue(together.size(), now())) {
                System.gc();
            }
            together.clear();
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
        if (brokerWanted.url() != null && !brokerWanted.url().isBlank()) {
            return address(brokerWanted.url(), "The broker that the editor's settings name")
                    .url();
        }
        if (!environment.isFederationOn()) {
            return "";
        }
        return environment.broker().isEmpty()
                ? homeBroker.address().url()
                : address(environment.broker(), "META_LOG_MQTT_BROKER").url();
    }

    /** @param setting what the person has to change when this is no address */
    private static RelayAddress address(String text, String setting) {
        try {
            return RelayAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + " cannot be used: " + e.getMessage(), e);
        }
    }

    static RandomBytes randomBytes() {
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
