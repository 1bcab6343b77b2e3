package dev.metalog.server.link;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a broker is: {@code mqtt://[user@]host[:port]}, or {@code mqtts://} for TLS; {@code tcp://} is the same as
 * {@code mqtt://}. Passwords do not belong in an address, which ends up in logs and process lists.
 *
 * @param user the user name, empty for none
 * @param host a host name, an IPv4 address, or an IPv6 address without brackets
 */
public record RelayAddress(boolean tls, String user, String host, int port) {
    private static final Pattern SHAPE = Pattern.compile("([a-zA-Z]+)://(?:([^/@]*)@)?([^/@]*)/?");
    private static final Pattern HOST_AND_PORT =
            Pattern.compile("(?:\\[([0-9a-fA-F:.%a-zA-Z]+)]|([a-zA-Z0-9._-]+))(?::([0-9]{1,5}))?");
    private static final String EXAMPLE = "Write it as mqtt://[user@]host[:port] or mqtts://[user@]host[:port].";

    public RelayAddress {
        if (host.isEmpty()) {
            throw new IllegalArgumentException("The broker address has no host. " + EXAMPLE);
        }
        if (!Topics.isReadable(user)) {
            throw new IllegalArgumentException(
                    "The user name in the broker address has a control character, or one above U+FDCF, which the MQTT"
                            + " library cannot send.");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port of a broker address is a number from 1 to 65535.");
        }
    }

    /**
     * Reads an address as people write it.
     *
     * @throws IllegalArgumentException with a message for the person; it never repeats the text, which may hold a
     *     password in some wrong place
     */
    public static RelayAddress parse(String text) {
        Matcher shape = SHAPE.matcher(text.strip());
        if (!shape.matches()) {
            throw new IllegalArgumentException("This is not a broker address. " + EXAMPLE);
        }
        boolean tls = isTls(shape.group(1));
        String user = shape.group(2) == null ? "" : shape.group(2);
        if (user.contains(":")) {
            throw new IllegalArgumentException(
                    "The broker address holds a password, and addresses end up in logs. Take ':' and the password out"
                            + " of it and put the password into the password file.");
        }
        Matcher place = HOST_AND_PORT.matcher(shape.group(3));
        if (!place.matches()) {
            throw new IllegalArgumentException("The host or port of the broker address cannot be read. " + EXAMPLE);
        }
        String host = place.group(1) == null ? place.group(2) : place.group(1);
        int port = place.group(3) == null ? (tls ? 8883 : 1883) : Integer.parseInt(place.group(3));
        return new RelayAddress(tls, decoded(user), host.toLowerCase(Locale.ROOT), port);
    }

    private static boolean isTls(String scheme) {
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "mqtt", "tcp" -> false;
            case "mqtts" -> true;
            default ->
                throw new IllegalArgumentException("A broker address begins with mqtt:// or mqtts://. " + EXAMPLE);
        };
    }

    private static String decoded(String user) {
        try {
            return URLDecoder.decode(user.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The user name in the broker address has a '%' that is not followed by two hex digits.", e);
        }
    }

    /** The same with this user instead. */
    public RelayAddress as(String otherUser) {
        return new RelayAddress(tls, otherUser, host, port);
    }

    /** As {@link #parse} reads it, with the user. */
    public String written() {
        if (user.isEmpty()) {
            return url();
        }
        String encoded = URLEncoder.encode(user, StandardCharsets.UTF_8).replace("+", "%20");
        return url().replaceFirst("://", "://" + Matcher.quoteReplacement(encoded) + "@");
    }

    /** The address without the user, for messages. */
    public String url() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return (tls ? "mqtts://" : "mqtt://") + shown + ":" + port;
    }

    @Override
    public String toString() {
        return url();
    }
}
