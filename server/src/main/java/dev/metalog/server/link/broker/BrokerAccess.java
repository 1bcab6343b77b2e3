package dev.metalog.server.link.broker;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;

/**
 * Who reaches an embedded broker, and how. On a loopback address everybody on this machine may, without a password; on
 * any other only users with a password may, over TLS.
 */
public final class BrokerAccess {
    /** For a loopback address. */
    public static final BrokerAccess OPEN = new BrokerAccess(null, null);

    /** Both {@code null} for open ones. */
    private final BrokerUsers users;

    private final SslContext tls;

    private BrokerAccess(BrokerUsers users, SslContext tls) {
        this.users = users;
        this.tls = tls;
    }

    /**
     * For any address.
     *
     * @param users of the form of {@link BrokerUsers}
     * @param certificates the broker's certificate and those between it and its authority, as PEM
     * @param key its private key, as PEM of PKCS #8, without a passphrase
     * @throws IOException when one of them cannot be used; the message is a sentence for the person
     */
    public static BrokerAccess guarded(Path users, Path certificates, Path key) throws IOException {
        BrokerUsers known = BrokerUsers.read(users);
        try {
            SslContext tls = SslContextBuilder.forServer(certificates.toFile(), key.toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
            return new BrokerAccess(known, tls);
        } catch (SSLException | IllegalArgumentException e) {
            throw new IOException(
                    "The certificate " + certificates + " or its key " + key + " cannot be used (" + e.getMessage()
                            + "). Both have to be PEM, the key PKCS #8 (BEGIN PRIVATE KEY) without a passphrase.",
                    e);
        }
    }

    boolean isGuarded() {
        return users != null;
    }

    BrokerUsers users() {
        return users;
    }

    SslContext tls() {
        return tls;
    }
}
