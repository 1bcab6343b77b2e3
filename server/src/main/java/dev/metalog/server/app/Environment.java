package dev.metalog.server.app;

import dev.metalog.protocol.NetAddress;
import dev.metalog.server.editor.BrokerChoice;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.RelayAddress;
import dev.metalog.server.link.direct.DirectSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the environment asks for.
 *
 * <ul>
 *   <li>{@code META_LOG_HOME}: where everything is kept;
 *   <li>{@code META_LOG_MQTT_BROKER}: {@code mqtt://[user@]host[:port]} or {@code mqtts://…}; absent: the broker that
 *       sidecars of this machine host themselves;
 *   <li>{@code META_LOG_MQTT_PASSWORD_FILE}, or else {@code META_LOG_MQTT_PASSWORD}: the broker's password;
 *   <li>{@code META_LOG_MQTT_CA_FILE}: the certificates, as PEM, that the broker's has to be signed by; absent: the system's;
 *   <li>{@code META_LOG_BROKER_PORT}: the port of that self-hosted broker;
 *   <li>{@code META_LOG_DIRECT}: whether peers may link to this machine directly: {@code on} (as when it is absent), {@code off},
 *       {@code loopback} (this machine's only), or the port to listen on; without one any free port is taken;
 *   <li>{@code META_LOG_LAN}: whether peers who know this machine may find it on a local network, by a sealed beacon in multicast
 *       DNS: {@code on}, or {@code off} as when it is absent; never without direct links;
 *   <li>{@code META_LOG_TOPIC_PREFIX}: of the public topics, {@code canvasl} when absent;
 *   <li>{@code META_LOG_ENABLE_FEDERATION}: {@code 0}, {@code false}, {@code no} or {@code off} stays alone.
 * </ul>
 */
record Environment(Map<String, String> variables) {
    private static final int MOST_PREFIX_UNITS = 100;
    private static final int FIRST_ODD = 0x7f;
    private static final Set<String> OFF = Set.of("0", "false", "no", "off");
    private static final Set<String> ON = Set.of("1", "true", "yes", "on");

    boolean isFederationOn() {
        return !OFF.contains(get("META_LOG_ENABLE_FEDERATION", "1").toLowerCase(Locale.ROOT));
    }

    /** The broker's URL, or empty for the self-hosted one. */
    String broker() {
        return get("META_LOG_MQTT_BROKER", "").strip();
    }

    /**
     * Where to listen for direct links; {@code null} when there are to be none.
     *
     * @throws IllegalArgumentException when the variable says nothing of what it may
     */
    DirectSettings direct() {
        String wanted = get("META_LOG_DIRECT", "on").strip().toLowerCase(Locale.ROOT);
        if (!isFederationOn() || OFF.contains(wanted)) {
            return null;
        }
        if (wanted.isEmpty() || wanted.equals("on")) {
            return new DirectSettings(0, false);
        }
        if (wanted.equals("loopback")) {
            return new DirectSettings(0, true);
        }
        try {
            int port = Integer.parseInt(wanted);
            if (port >= NetAddress.LOWEST_PORT) {
                return new DirectSettings(port, false);
            }
        } catch (IllegalArgumentException e) {
            throw noDirect(wanted);
        }
        throw noDirect(wanted);
    }

    private static IllegalArgumentException noDirect(String wanted) {
        return new IllegalArgumentException(
                "META_LOG_DIRECT is '" + wanted + "'. Set it to on, off, loopback, or a port from "
                        + NetAddress.LOWEST_PORT + " to 65535, or unset it.");
    }

    /**
     * Whether beacons are shown and seen on local networks. They say where to link to, so there are none without direct links.
     *
     * @throws IllegalArgumentException when the variable says neither yes nor no
     */
    boolean isLanOn() {
        String wanted = get("META_LOG_LAN", "off").strip().toLowerCase(Locale.ROOT);
        if (wanted.isEmpty() || OFF.contains(wanted)) {
            return false;
        }
        if (!ON.contains(wanted)) {
            throw new IllegalArgumentException("META_LOG_LAN is '" + wanted + "'. Set it to on or off, or unset it.");
        }
        return direct() != null;
    }

    /** @throws IllegalArgumentException when the variable cannot begin a topic */
    String topicPrefix() {
        String prefix = get("META_LOG_TOPIC_PREFIX", "canvasl");
        boolean usable = prefix.length() <= MOST_PREFIX_UNITS
                && !prefix.isEmpty()
                && !prefix.startsWith("$")
                && prefix.chars().noneMatch(c -> c == '+' || c == '#' || c < ' ' || c >= FIRST_ODD);
        if (!usable) {
            throw new IllegalArgumentException(
                    "META_LOG_TOPIC_PREFIX cannot begin a topic. Set it to 1 to " + MOST_PREFIX_UNITS
                            + " printable ASCII characters without '+', '#' and a '$' in front, or unset it.");
        }
        return prefix;
    }

    /** @throws IllegalArgumentException when the variable is no port */
    int homeBrokerPort() {
        String port = get("META_LOG_BROKER_PORT", "");
        if (port.isBlank()) {
            return LinkLimits.HOME_BROKER_PORT;
        }
        try {
            int number = Integer.parseInt(port.strip());
            if (number >= 1 && number <= 65_535) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw noPort(port);
        }
        throw noPort(port);
    }

    /** The same with what an editor's settings say of the broker, as far as they do. */
    Environment wanting(BrokerChoice choice) {
        Map<String, String> changed = new HashMap<>(variables);
        put(changed, "META_LOG_MQTT_BROKER", choice.url());
        put(changed, "META_LOG_MQTT_CA_FILE", choice.caFile());
        Environment wanted = new Environment(Map.copyOf(changed));
        if (choice.user() == null || choice.user().isBlank() || wanted.broker().isEmpty()) {
            return wanted;
        }
        put(changed, "META_LOG_MQTT_BROKER", withUser(wanted.broker(), choice.user()));
        return new Environment(Map.copyOf(changed));
    }

    private static void put(Map<String, String> changed, String name, String value) {
        if (value != null && !value.isBlank()) {
            changed.put(name, value);
        }
    }

    /** What is no address is told as such where it is used. */
    private static String withUser(String broker, String user) {
        try {
            return RelayAddress.parse(broker).as(user.strip()).written();
        } catch (IllegalArgumentException e) {
            return broker;
        }
    }

    /**
     * The address with the user name to show there. Brokers are known to peers by addresses without users, so the
     * person's own is put back here.
     *
     * @throws IllegalArgumentException when the environment's broker address cannot be read
     */
    RelayAddress asPerson(RelayAddress address) {
        RelayAddress own = broker().isEmpty() ? address : RelayAddress.parse(broker());
        return own.url().equals(address.url()) ? own : address;
    }

    /**
     * Whether a password of the person's may go there: to their own broker and user alone. An invitation names brokers
     * too, and somebody else wrote it.
     */
    boolean mayHavePassword(RelayAddress address) {
        return !address.user().isEmpty() && !broker().isEmpty() && address.equals(RelayAddress.parse(broker()));
    }

    /**
     * The password for a broker with a user name; {@code null} when none is set, or it may have none.
     *
     * @throws IOException when the named file cannot be read
     */
    char[] passwordFor(RelayAddress address) throws IOException {
        if (!mayHavePassword(address)) {
            return null;
        }
        String file = get("META_LOG_MQTT_PASSWORD_FILE", "");
        if (file.isEmpty()) {
            String password = get("META_LOG_MQTT_PASSWORD", "");
            return password.isEmpty() ? null : password.toCharArray();
        }
        CharBuffer chars = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes(file)));
        String line = chars.toString();
        int end = line.indexOf('\n') < 0 ? line.length() : line.indexOf('\n');
        return line.substring(0, end).stripTrailing().toCharArray();
    }

    /**
     * The file of the authorities that vouch for this broker; {@code null} for those of the system, as for every broker
     * but the person's own.
     *
     * @throws IllegalArgumentException when the variable is no path
     */
    Path authoritiesFor(RelayAddress address) {
        String file = get("META_LOG_MQTT_CA_FILE", "");
        boolean own = !broker().isEmpty()
                && address.url().equals(RelayAddress.parse(broker()).url());
        if (file.isBlank() || !own || !address.tls()) {
            return null;
        }
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(
                    "META_LOG_MQTT_CA_FILE is no path. Set it to a file of certificates in PEM form, or unset it.", e);
        }
    }

    private static byte[] bytes(String file) throws IOException {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file " + file, e);
        } catch (AccessDeniedException e) {
            throw new IOException("permission to read " + file + " is missing", e);
        } catch (InvalidPathException e) {
            throw new IOException("its name is no path", e);
        }
    }

    private String get(String name, String otherwise) {
        return variables.getOrDefault(name, otherwise);
    }

    private static IllegalArgumentException noPort(String port) {
        return new IllegalArgumentException("META_LOG_BROKER_PORT is '" + port
                + "', which is no port. Set it to a number from 1 to 65535, or unset it.");
    }
}
