package dev.metalog.server.editor.attach;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A Unix domain socket that only this person can reach (mode 0600 in a folder of mode 0700) and that only those pass who
 * know the token. Each guest gets a thread of its own; there are at most as many as given, those that have not shown their
 * token yet included. A few more are told so and sent away; beyond those, connections are closed without a word.
 */
public final class Door implements Closeable {
    private static final Logger LOG = Logger.getLogger("dev.metalog.server.editor.attach");
    private static final long TOKEN_MILLIS = 3_000;
    private static final int TOLD_THAT_IT_IS_FULL = 4;

    private final Path socket;
    private final byte[] token;
    private final int places;
    private final Semaphore free;
    private final Consumer<Wire> guestHandler;
    private final ServerSocketChannel server;
    private final Set<Wire> guests = ConcurrentHashMap.newKeySet();

    private Door(Path socket, String token, int places, Consumer<Wire> guestHandler, ServerSocketChannel server) {
        this.socket = socket;
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.places = places;
        this.free = new Semaphore(places);
        this.guestHandler = guestHandler;
        this.server = server;
    }

    /**
     * Opens the door. The caller holds the lock of the workspace, so a socket that is there already was left behind by a
     * process that died, and is replaced.
     *
     * @param token 16 to 128 letters, digits, {@code _} or {@code -}, drawn at random
     * @param guestHandler called on the guest's thread; when it returns the connection is closed
     */
    public static Door open(Path socket, String token, int places, Consumer<Wire> guestHandler) throws IOException {
        if (!Handshake.TOKEN.matcher(token).matches()) {
            throw new IllegalArgumentException("A token is 16 to 128 letters, digits, '_' or '-'.");
        }
        SocketPath.check(socket);
        Path folder = socket.toAbsolutePath().getParent();
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        ownFolder(folder, posix);
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(socket));
            if (posix) {
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            }
        } catch (IOException e) {
            server.close();
            throw e;
        }
        Door door = new Door(socket, token, places, guestHandler, server);
        door.daemon("attach-door", door::accept);
        return door;
    }

    private static void ownFolder(Path folder, boolean posix) throws IOException {
        if (!posix) {
            Files.createDirectories(folder);
            return;
        }
        Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(own));
        if (!Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).equals(own)) {
            Files.setPosixFilePermissions(folder, own);
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                Wire guest = new Wire(server.accept());
                if (guests.size() >= places + TOLD_THAT_IT_IS_FULL) {
                    guest.close();
                    continue;
                }
                guests.add(guest);
                boolean place = free.tryAcquire();
                daemon("attached-editor", () -> receive(guest, place));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.log(Level.WARNING, "A sidecar could not attach: {0}", e.getMessage());
            }
        }
    }

    private void receive(Wire guest, boolean place) {
        try (guest) {
            String hello = Handshake.within(TOKEN_MILLIS, guest, () -> Handshake.receive(guest.in()));
            if (hello == null || !knowsToken(hello)) {
                LOG.warning("Somebody at the local socket did not know the token and was sent away.");
                Handshake.send(guest.out(), Handshake.NO + Handshake.OTHER_TOKEN);
            } else if (!place) {
                Handshake.send(guest.out(), Handshake.NO + "it serves " + places + " other editors already");
            } else {
                Handshake.send(guest.out(), Handshake.YES);
                guestHandler.accept(guest);
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A sidecar that wanted to attach went away: {0}", String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "The sidecar failed on an attached editor.", e);
        } finally {
            guests.remove(guest);
            if (place) {
                free.release();
            }
        }
    }

    /** In constant time, so that an answer's delay tells nothing about the token. */
    private boolean knowsToken(String hello) {
        return hello.startsWith(Handshake.HELLO)
                && MessageDigest.isEqual(
                        hello.substring(Handshake.HELLO.length()).getBytes(StandardCharsets.UTF_8), token);
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Closes the door and sends everybody away; their editors start again, and one of them becomes the host. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Wire guest : guests) {
            guest.close();
        }
        Files.deleteIfExists(socket);
    }
}
