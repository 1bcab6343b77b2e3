package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.codec.DirectFrameCodec;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Somebody who dials with plain JSSE, and says whatever the test wants. */
final class Stranger implements AutoCloseable {
    static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;
    private final SSLSocket tls;

    private Stranger(Socket socket, SSLSocket tls) {
        this.socket = socket;
        this.tls = tls;
    }

    static Socket tcp(DirectAddress where) throws IOException {
        Socket socket = new Socket();
        socket.connect(new InetSocketAddress(where.host(), where.port()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** @param key null for no certificate */
    static Stranger dial(DirectAddress where, TransportKey key, String protocol, String alpn) throws IOException {
        return over(tcp(where), context(key), protocol, alpn);
    }

    static Stranger dial(DirectAddress where, TransportKey key) throws IOException {
        return dial(where, key, "TLSv1.3", TlsHandlers.APPLICATION_PROTOCOL);
    }

    static SSLContext context(TransportKey key) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyManager[] keys = key == null ? null : key.keys().getKeyManagers();
            context.init(keys, new TrustManager[] {new Gullible()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static Stranger over(Socket socket, SSLContext context, String protocol, String alpn) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "peer", socket.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        if (alpn != null) {
            parameters.setApplicationProtocols(new String[] {alpn});
        }
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return new Stranger(socket, tls);
    }

    SSLSocket tls() {
        return tls;
    }

    void say(DirectFrame... frames) throws IOException {
        for (DirectFrame frame : frames) {
            tls.getOutputStream().write(DirectFrameCodec.encode(frame));
        }
    }

    void greet() throws IOException {
        say(new DirectFrame.Hello(DirectFrame.VERSIONS, 1, dev.metalog.protocol.Extras.NONE), new DirectFrame.Ready());
    }

    OutputStream out() throws IOException {
        return tls.getOutputStream();
    }

    /** The next frame; null when the other end has hung up. */
    DirectFrame hear() throws Exception {
        DataInputStream in = new DataInputStream(tls.getInputStream());
        try {
            byte[] frame = new byte[in.readInt()];
            in.readFully(frame);
            return DirectFrameCodec.decode(frame);
        } catch (java.io.EOFException | SocketException | javax.net.ssl.SSLException hungUp) {
            return null;
        }
    }

    /** Reads until a goodbye or the end; the code, or 0. */
    int hearBye() throws Exception {
        for (DirectFrame frame = hear(); frame != null; frame = hear()) {
            if (frame instanceof DirectFrame.Bye bye) {
                return bye.code();
            }
        }
        return 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private static final class Gullible implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
