package dev.metalog.server.link.direct;

import dev.metalog.protocol.DirectFrame;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.server.link.LinkLimits;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;

/** What became of a connection, in words for a person. */
final class Troubles {
    static final Refusal REPLACED = new Refusal(DirectDown.REPLACED, "Another link to the same device is kept.");
    static final Refusal OVERFLOW = new Refusal(
            DirectDown.OVERFLOW,
            "More waits to be sent than may wait; the other end or the network is too slow. What was not sent is made up for"
                    + " over the next link.");
    static final Refusal TOO_MANY_TOPICS =
            new Refusal(DirectDown.OVERFLOW, "It wants to hear more than " + LinkLimits.DIRECT_TOPICS + " topics.");
    static final Refusal FORSAKEN = new Refusal(DirectDown.FORSAKEN, "No link to this device is wanted any more.");
    static final Refusal CLOSED = new Refusal(DirectDown.CLOSED, "Direct links were closed.");

    private Troubles() {}

    static Refusal silent(String what) {
        return new Refusal(DirectDown.SILENT, "What is there " + what + " in time.");
    }

    static Refusal lost(String how) {
        return new Refusal(DirectDown.LOST, how);
    }

    static Refusal dead(Duration time) {
        return new Refusal(DirectDown.DEAD, "Nothing was heard for " + time.toSeconds() + " s.");
    }

    static Refusal upgradeNeeded(ProtocolRange theirs) {
        String which = DirectFrame.VERSIONS.isOlderThan(theirs) ? "Upgrade this sidecar." : "Upgrade the other one.";
        return new Refusal(
                DirectDown.UPGRADE_NEEDED,
                "It speaks version " + theirs + " of direct links, and this sidecar " + DirectFrame.VERSIONS + ". "
                        + which);
    }

    static Refusal unreachable(Throwable cause) {
        return new Refusal(DirectDown.UNREACHABLE, "Nothing answers there (" + told(cause) + ").");
    }

    /** @param cause what ended the handshake; null when the connection just ended */
    static Refusal ofHandshake(Judge judge, Throwable cause) {
        if (judge.refusal() != null) {
            return judge.refusal();
        }
        if (find(cause, SslHandshakeTimeoutException.class) != null) {
            return silent("did not agree on TLS");
        }
        if (find(cause, NotSslRecordException.class) != null) {
            return new Refusal(DirectDown.NO_TLS, "What is there does not speak TLS; it is another program.");
        }
        SSLException tls = find(cause, SSLException.class);
        return new Refusal(
                DirectDown.NO_TLS,
                tls == null
                        ? "The connection ended before TLS was agreed on."
                        : "TLS could not be agreed on (" + told(tls) + ").");
    }

    /** Of a connection on which TLS was agreed on. */
    static Refusal of(Throwable cause) {
        MalformedMessageException malformed = find(cause, MalformedMessageException.class);
        if (malformed != null) {
            return new Refusal(
                    malformed.isOfNewer() ? DirectDown.UPGRADE_NEEDED : DirectDown.BAD_FRAMES,
                    "It sent what is no frame. " + malformed.getMessage());
        }
        SSLException tls = find(cause, SSLException.class);
        if (tls != null && told(tls).contains("certificate")) {
            // With TLS 1.3 whoever dialled is done before the other end has looked at its certificate.
            return new Refusal(DirectDown.NOT_ADMITTED, "The other end does not admit this device.");
        }
        if (tls != null) {
            return new Refusal(DirectDown.NO_TLS, "TLS broke off (" + told(tls) + ").");
        }
        return lost(
                find(cause, IOException.class) != null
                        ? "The connection was lost (" + told(cause) + ")."
                        : "The link failed unexpectedly (" + cause + ").");
    }

    static Refusal ofBye(DirectFrame.Bye bye) {
        DirectDown reason = switch (bye.code()) {
            case DirectFrame.Bye.OVERFLOW -> DirectDown.OVERFLOW;
            case DirectFrame.Bye.UPGRADE_NEEDED -> DirectDown.UPGRADE_NEEDED;
            case DirectFrame.Bye.FULL -> DirectDown.FULL;
            default -> DirectDown.LEFT;
        };
        return new Refusal(reason, "The other end said goodbye: " + bye.text());
    }

    /** What the other end is told of something that it sent; 0 for nothing. */
    static int byeCodeFor(DirectDown reason) {
        return switch (reason) {
            case BAD_FRAMES -> DirectFrame.Bye.BAD_FRAMES;
            case UPGRADE_NEEDED -> DirectFrame.Bye.UPGRADE_NEEDED;
            default -> 0;
        };
    }

    /** What the other end may know of it. */
    static String briefly(Refusal refusal) {
        String readable = refusal.explanation().replaceAll("[\\p{Cntrl}\\p{Cs}]", " ");
        byte[] bytes = readable.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= DirectFrame.Bye.TEXT_BYTES) {
            return readable;
        }
        int most = DirectFrame.Bye.TEXT_BYTES;
        while ((bytes[most] & 0xc0) == 0x80) {
            most--;
        }
        return new String(Arrays.copyOf(bytes, most), StandardCharsets.UTF_8);
    }

    private static <T extends Throwable> T find(Throwable cause, Class<T> kind) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (kind.isInstance(at)) {
                return kind.cast(at);
            }
        }
        return null;
    }

    private static String told(Throwable cause) {
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
