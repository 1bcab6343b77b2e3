package dev.metalog.server.link;

import java.nio.file.Path;

/** How to reach a broker, and what it does when we vanish. Immutable; what is not set is null. */
public final class RelaySettings {
    private final RelayAddress address;
    private final char[] password;
    private final Will will;
    private final Path authorities;

    private RelaySettings(RelayAddress address, char[] password, Will will, Path authorities) {
        this.address = address;
        this.password = password;
        this.will = will;
        this.authorities = authorities;
    }

    /** A broker that asks for no password, no last will, and the system's certificate authorities. */
    public static RelaySettings of(RelayAddress address) {
        return new RelaySettings(address, null, null, null);
    }

    /**
     * The same with this password, which is copied.
     *
     * @throws IllegalArgumentException when it has characters that cannot be sent
     */
    public RelaySettings withPassword(char[] secret) {
        if (!Topics.isReadable(new String(secret))) {
            throw new IllegalArgumentException(
                    "The broker password has a control character, a line break perhaps, or one above U+FDCF, which the"
                            + " MQTT library cannot send. Check its end.");
        }
        return new RelaySettings(address, secret.clone(), will, authorities);
    }

    /**
     * The same with a last will: what the broker publishes for us, at QoS 1, when the connection ends without a clean
     * goodbye.
     *
     * @throws IllegalArgumentException when the topic or the size breaks a limit
     */
    public RelaySettings withWill(String topic, byte[] payload, boolean retain) {
        String problem = Topics.problemOf(topic, payload.length);
        if (problem != null) {
            throw new IllegalArgumentException("The last will cannot be used. " + problem);
        }
        return new RelaySettings(address, password, new Will(topic, payload.clone(), retain), authorities);
    }

    /** The same with a PEM file of the certificates that {@code mqtts} trusts instead of the system's. */
    public RelaySettings withAuthorities(Path pemFile) {
        return new RelaySettings(address, password, will, pemFile);
    }

    /** The broker. */
    public RelayAddress address() {
        return address;
    }

    char[] password() {
        return password;
    }

    Will will() {
        return will;
    }

    Path authorities() {
        return authorities;
    }

    @Override
    public String toString() {
        return address.url();
    }

    /** A message for the time after us. */
    static final class Will {
        final String topic;
        final byte[] payload;
        final boolean retain;

        private Will(String topic, byte[] payload, boolean retain) {
            this.topic = topic;
            this.payload = payload;
            this.retain = retain;
        }
    }
}
