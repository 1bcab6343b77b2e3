package dev.metalog.server.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A TCP relay on the loopback address whose connections a test can cut. */
public final class CutProxy implements AutoCloseable {
    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean swallowing;

    public CutProxy(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    RelayAddress address() {
        return new RelayAddress(false, "", "127.0.0.1", port());
    }

    public int port() {
        return listening.getLocalPort();
    }

    /** Ends every connection at once, with a reset as a crashed router would, or with an orderly end. */
    public void cut(boolean reset) throws IOException {
        for (Socket socket : open) {
            if (reset && !socket.isClosed()) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (SocketException e) {
                    // Its pump closed it just now.
                }
            }
            socket.close();
        }
        open.clear();
    }

    /** From now on nothing goes through and no connection ends, as when a cable is pulled. */
    public void swallow() {
        swallowing = true;
    }

    private void accept() {
        try {
            while (true) {
                Socket near = listening.accept();
                Socket far = new Socket();
                far.connect(new InetSocketAddress(TestBroker.LOOPBACK, target));
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                open.add(near);
                open.add(far);
                daemon(() -> pump(near, far));
                daemon(() -> pump(far, near));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private void pump(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] some = new byte[16_384];
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                if (!swallowing) {
                    out.write(some, 0, count);
                }
            }
        } catch (IOException e) {
            // Cut by the test, or by one of the ends; try-with-resources cuts the other half.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "cut-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        cut(false);
    }
}
