package dev.metalog.server.editor.attach;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** The side that comes to a {@link Door} that another process holds open. */
public final class Guest {
    private static final long ANSWER_MILLIS = 3_000;

    private Guest() {}

    /** Nobody is at the door yet or any more, or it is another process's by now: who has the workspace may be asked anew. */
    public static final class DoorChangedException extends IOException {
        DoorChangedException(String why, IOException cause) {
            super(why, cause);
        }
    }

    /**
     * Connects and shows the token.
     *
     * @return streams on which the host expects the first frame
     * @throws IOException that says why nobody let us in, for people
     */
    public static Wire enter(Path socket, String token) throws IOException {
        SocketPath.check(socket);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Wire wire = new Wire(channel);
        String answer;
        try {
            answer = Handshake.within(ANSWER_MILLIS, wire, () -> {
                connect(channel, socket);
                Handshake.send(wire.out(), Handshake.HELLO + token);
                return Handshake.receive(wire.in());
            });
        } catch (AsynchronousCloseException e) {
            throw new IOException("it did not answer within " + ANSWER_MILLIS + " ms", e);
        } catch (IOException e) {
            wire.close();
            throw e;
        }
        if (Handshake.YES.equals(answer)) {
            return wire;
        }
        wire.close();
        if ((Handshake.NO + Handshake.OTHER_TOKEN).equals(answer)) {
            throw new DoorChangedException("it answered: " + Handshake.OTHER_TOKEN, null);
        }
        boolean reason = answer != null && answer.startsWith(Handshake.NO);
        throw new IOException(
                reason ? "it answered: " + answer.substring(Handshake.NO.length()) : "it closed the connection");
    }

    private static void connect(SocketChannel channel, Path socket) throws IOException {
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException e) {
            throw new DoorChangedException(e.getMessage(), e);
        }
    }
}
