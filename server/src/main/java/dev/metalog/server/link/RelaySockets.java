package dev.metalog.server.link;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * The sockets Paho gets from us. They dial the broker's address themselves (every address of its name, TLS with the
 * host's name checked), send without delay, check what comes in ({@link InboundPackets}), and hold back the end of the
 * stream while the connection is younger than 400 ms.
 *
 * <p>That last one is because of Paho 1.2.5: it starts its threads one after the other, waiting up to 100 ms for each,
 * and a stream that ends in that time stops threads which have not begun yet. They begin later and wait for ever; thirty
 * connections to a broker that hangs up left sixty threads behind.
 */
final class RelaySockets extends SocketFactory {
    private static final long YOUNG_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final RelayAddress address;
    private final SSLSocketFactory tls;

    /**
     * @param tls null for plain TCP
     */
    RelaySockets(RelayAddress address, SSLSocketFactory tls) {
        this.address = address;
        this.tls = tls;
    }

    @Override
    public Socket createSocket() {
        return new RelaySocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("Paho asks for unconnected sockets only.");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        return createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        return createSocket(host.getHostAddress(), port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
        return createSocket(host.getHostAddress(), port);
    }

    /** The five methods Paho calls on a socket, over one that exists only once the connection does. */
    private final class RelaySocket extends Socket {
        private Socket carrier;
        private InputStream input;
        private boolean closed;

        @Override
        public void connect(SocketAddress ignored, int timeoutMillis) throws IOException {
            Socket dialled = dial(timeoutMillis);
            try {
                dialled.setTcpNoDelay(true);
                Socket ready = tls == null ? dialled : shake(dialled, timeoutMillis);
                ready.setSoTimeout(0);
                adopt(ready);
            } catch (IOException e) {
                dialled.close();
                throw e;
            }
        }

        private synchronized void adopt(Socket ready) throws IOException {
            if (closed) {
                throw new SocketException("closed while connecting");
            }
            carrier = ready;
            input = new HeldInput(new InboundPackets(new BufferedInputStream(ready.getInputStream())));
        }

        private Socket dial(int timeoutMillis) throws IOException {
            IOException first = null;
            for (InetAddress candidate : InetAddress.getAllByName(address.host())) {
                Socket socket = new Socket();
                try {
                    socket.connect(new InetSocketAddress(candidate, address.port()), timeoutMillis);
                    return socket;
                } catch (IOException e) {
                    socket.close();
                    if (first == null) {
                        first = e;
                    } else {
                        first.addSuppressed(e);
                    }
                }
            }
            throw first == null ? new ConnectException("no address") : first;
        }

        private Socket shake(Socket plain, int timeoutMillis) throws IOException {
            SSLSocket secure = (SSLSocket) tls.createSocket(plain, address.host(), address.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.setSoTimeout(timeoutMillis);
            secure.startHandshake();
            return secure;
        }

        private synchronized Socket carrier() throws SocketException {
            if (carrier == null) {
                throw new SocketException("not connected");
            }
            return carrier;
        }

        @Override
        public synchronized void setSoTimeout(int millis) throws SocketException {
            carrier().setSoTimeout(millis);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            carrier();
            return input;
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return carrier().getOutputStream();
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            if (carrier != null) {
                carrier.close();
            }
        }
    }

    /** Holds back an early end. */
    private static final class HeldInput extends FilterInputStream {
        private final long openedNanos = System.nanoTime();

        HeldInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int count = read(one, 0, 1);
            return count < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            boolean ended = true;
            try {
                int count = in.read(target, offset, length);
                ended = count < 0;
                return count;
            } catch (SocketTimeoutException e) {
                ended = false;
                throw e;
            } finally {
                if (ended) {
                    awaitGrownUp();
                }
            }
        }

        private void awaitGrownUp() {
            long rest = YOUNG_NANOS - (System.nanoTime() - openedNanos);
            if (rest <= 0) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(rest);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
