package dev.metalog.server.link.direct;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;

/**
 * TLS 1.3 with a certificate from both ends. Each connection has a context of its own: so nothing is there from which a session
 * could be taken up again, and the judge is asked every time.
 */
final class TlsHandlers {
    /** What is spoken inside; the number rises when a first frame could not be understood any more. */
    static final String APPLICATION_PROTOCOL = "meta-log/1";

    private static final ApplicationProtocolConfig ALPN = new ApplicationProtocolConfig(
            ApplicationProtocolConfig.Protocol.ALPN,
            ApplicationProtocolConfig.SelectorFailureBehavior.FATAL_ALERT,
            ApplicationProtocolConfig.SelectedListenerFailureBehavior.FATAL_ALERT,
            APPLICATION_PROTOCOL);

    private final TransportKey key;
    private final DirectTimes times;
    /** The signatures take milliseconds, and links that are up are not to wait for those of strangers. */
    private final Executor handshakes;

    TlsHandlers(TransportKey key, DirectTimes times, Executor handshakes) {
        this.key = key;
        this.times = times;
        this.handshakes = handshakes;
    }

    SslHandler dialled(ByteBufAllocator allocator, Judge judge) throws SSLException {
        return handler(SslContextBuilder.forClient().keyManager(key.keys()), allocator, judge);
    }

    SslHandler accepted(ByteBufAllocator allocator, Judge judge) throws SSLException {
        return handler(SslContextBuilder.forServer(key.keys()).clientAuth(ClientAuth.REQUIRE), allocator, judge);
    }

    private SslHandler handler(SslContextBuilder context, ByteBufAllocator allocator, Judge judge) throws SSLException {
        SslHandler handler = context.sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3")
                .trustManager(judge)
                .endpointIdentificationAlgorithm(null)
                .applicationProtocolConfig(ALPN)
                .build()
                .newHandler(allocator, handshakes);
        handler.setHandshakeTimeoutMillis(times.tls().toMillis());
        handler.setCloseNotifyFlushTimeoutMillis(dev.metalog.server.link.LinkLimits.DIRECT_BYE_TIMEOUT.toMillis());
        return handler;
    }
}
