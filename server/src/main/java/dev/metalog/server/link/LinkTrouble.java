package dev.metalog.server.link;

import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.eclipse.paho.client.mqttv3.MqttException;

/** Why a connection failed or ended: a reason for programs and a sentence (where, why, what to do) for people. */
final class LinkTrouble extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int CONNACK_LAST = 5;

    private final DownReason reason;

    LinkTrouble(DownReason reason, String sentence, Throwable cause) {
        super(sentence, cause);
        this.reason = reason;
    }

    DownReason reason() {
        return reason;
    }

    /** The whole explanation for a person, with what happens next. */
    String explanation(Duration pause) {
        long millis = pause.toMillis();
        String wait = millis < 1_500 ? millis + " ms" : Math.round(millis / 1_000.0) + " s";
        return getMessage() + " Local editing goes on; trying again in " + wait + ".";
    }

    /** Why a subscription does not work. */
    static String denied(RelayAddress address, String filter) {
        return "Broker " + address.url() + " does not let us read topic '" + filter
                + "' (SUBACK 0x80). Ask whoever runs it to allow it for this user.";
    }

    /** Why a message was given up. */
    static String givenUp(RelayAddress address, int payloadBytes) {
        return "Broker " + address.url() + " ended " + LinkLimits.POISONED_CONNECTIONS
                + " connections in a row when it was sent this message of " + payloadBytes
                + " bytes, so it was given up. The broker may have a lower limit for packets.";
    }

    /** An attempt to connect failed with this. */
    static LinkTrouble ofConnecting(RelayAddress address, boolean withCredentials, MqttException e) {
        if (e.getReasonCode() > 0 && e.getReasonCode() <= CONNACK_LAST) {
            return ofConnack(address, withCredentials, e);
        }
        String where = "Broker " + address.url() + " ";
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException refused) {
                return new LinkTrouble(DownReason.UNTRUSTED, where + whyUntrusted(address, refused), e);
            }
            if (cause instanceof UnknownHostException) {
                return unreachable(where + "cannot be found: no address is known for this host name.", e);
            }
        }
        return unreachable(where + whyUnreachable(address, e), e);
    }

    /** A connection that was up ended with this; null when no cause was given. */
    static LinkTrouble ofLoss(RelayAddress address, Throwable cause) {
        Throwable root = rootOf(cause);
        String why = root == null || root instanceof MqttException ? "" : " (" + told(root) + ")";
        return new LinkTrouble(
                DownReason.LOST, "The connection to broker " + address.url() + " was lost" + why + ".", cause);
    }

    private static LinkTrouble ofConnack(RelayAddress address, boolean withCredentials, MqttException e) {
        int code = e.getReasonCode();
        String where = "Broker " + address.url() + " ";
        String connack = " (CONNACK " + code + "). ";
        // The standard has 4 for a bad user name or password and 5 for not authorised, but brokers, Mosquitto among
        // them, answer a wrong password with 5 as well.
        if (code == MqttException.REASON_CODE_FAILED_AUTHENTICATION
                || (code == MqttException.REASON_CODE_NOT_AUTHORIZED && withCredentials)) {
            return new LinkTrouble(
                    DownReason.BAD_CREDENTIALS,
                    where + "refused the user name or password" + connack
                            + "Check both: in your editor's settings, or META_LOG_MQTT_BROKER and the password file.",
                    e);
        }
        if (code == MqttException.REASON_CODE_NOT_AUTHORIZED) {
            return new LinkTrouble(
                    DownReason.NOT_AUTHORISED,
                    where + "lets nobody in without a user name and password" + connack
                            + "Set the user in your editor's settings, or in META_LOG_MQTT_BROKER with a password file.",
                    e);
        }
        String why = switch (code) {
            case MqttException.REASON_CODE_INVALID_PROTOCOL_VERSION -> "does not speak MQTT 3.1.1";
            case MqttException.REASON_CODE_INVALID_CLIENT_ID -> "does not accept a client id of our making";
            default -> "says that it is not available";
        };
        return new LinkTrouble(DownReason.REFUSED, where + why + connack + "Ask whoever runs it.", e);
    }

    /** Java says it by the innermost of what it wraps, and each of these is another thing to do for the person. */
    private static String whyUntrusted(RelayAddress address, SSLException refused) {
        Throwable root = refused;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof CertificateExpiredException) {
            return "could not be trusted: its certificate has expired (" + told(root)
                    + "). Ask whoever runs it for a new one, or check the clock of this machine.";
        }
        if (root instanceof CertificateNotYetValidException) {
            return "could not be trusted: its certificate is not valid yet (" + told(root)
                    + "). Check the clock of this machine.";
        }
        String why = "could not be trusted (" + told(root) + "). ";
        if (root instanceof CertPathBuilderException || root instanceof CertPathValidatorException) {
            return why + "Its certificate is of an authority that is not believed here. Name the authority's PEM"
                    + " file in your editor's settings or in META_LOG_MQTT_CA_FILE.";
        }
        if (root instanceof CertificateException) {
            return why + "Its certificate is not for " + address.host() + ". Use the name it was made for.";
        }
        return why + "Check that the broker speaks TLS on port " + address.port() + ".";
    }

    private static String whyUnreachable(RelayAddress address, MqttException e) {
        Throwable root = rootOf(e);
        String check = " Check the address and that a broker is running there.";
        if (e.getReasonCode() == MqttException.REASON_CODE_CLIENT_TIMEOUT) {
            return "did not answer within " + LinkLimits.CONNECT_TIMEOUT.toSeconds() + " s." + check;
        }
        if (root instanceof SocketTimeoutException || root instanceof NoRouteToHostException) {
            return "cannot be reached (" + told(root) + "). Check the network and the address.";
        }
        if (e.getReasonCode() == MqttException.REASON_CODE_CONNECTION_LOST) {
            return "hung up instead of answering; something else may be listening on port " + address.port() + "."
                    + check;
        }
        return "cannot be reached (" + told(root) + ")." + check;
    }

    private static LinkTrouble unreachable(String sentence, Throwable cause) {
        return new LinkTrouble(DownReason.UNREACHABLE, sentence, cause);
    }

    /** What an exception says in one short line. */
    static String told(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : message.strip();
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        while (root != null && root.getCause() instanceof IOException next) {
            root = next;
        }
        return root;
    }
}
