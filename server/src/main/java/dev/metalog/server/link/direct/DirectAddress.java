package dev.metalog.server.link.direct;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a sidecar may be reached, as text {@code host:port} or {@code [IPv6]:port}. May come from somebody else: a host is
 * either an IPv4 address of four decimal numbers, an IPv6 address without a scope, or a host name that no resolver takes for
 * a number.
 *
 * @param host in lower case; an IPv6 address without brackets
 * @param port from 1 to 65535
 */
public record DirectAddress(String host, int port) {
    /** The longest host. */
    public static final int HOST_CHARACTERS = 253;

    private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile("(?:" + BYTE + "\\.){3}" + BYTE);
    private static final Pattern IPV6_LETTERS = Pattern.compile("[0-9a-f:.]{2,45}");
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
    /** The last label begins with a letter: 127.1, 0x7f.1 and 017700000001 are addresses to some resolvers. */
    private static final Pattern NAME = Pattern.compile("(?:" + LABEL + "\\.)*(?=[a-z])" + LABEL);

    private static final Pattern TEXT = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9.-]+)):([1-9][0-9]{0,4})");

    /** @throws IllegalArgumentException for what is no such address; it says why */
    public DirectAddress {
        host = host.toLowerCase(Locale.ROOT);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("The port of an address is a number from 1 to 65535.");
        }
        if (host.indexOf(':') >= 0) {
            demandIpv6(host);
        } else if (host.length() > HOST_CHARACTERS
                || !(isIpv4(host) || NAME.matcher(host).matches())) {
            throw new IllegalArgumentException(
                    "A host is an IPv4 address of four decimal numbers, an IPv6 address without"
                            + " a scope, or a host name of at most " + HOST_CHARACTERS + " characters.");
        }
        if (host.equals("0.0.0.0")) {
            throw new IllegalArgumentException("Nobody can be reached at an address that stands for all.");
        }
    }

    /**
     * Reads {@code host:port} or {@code [IPv6]:port}.
     *
     * @throws IllegalArgumentException for anything else; it says why
     */
    public static DirectAddress parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (text.length() > HOST_CHARACTERS + 8 || !matcher.matches()) {
            throw new IllegalArgumentException("An address is host:port, or [IPv6 address]:port.");
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        return new DirectAddress(host, Integer.parseInt(matcher.group(3)));
    }

    /** Whether the host is an address rather than a name that has to be looked up. */
    public boolean isLiteral() {
        return host.indexOf(':') >= 0 || isIpv4(host);
    }

    private static boolean isIpv4(String host) {
        return IPV4.matcher(host).matches();
    }

    private static void demandIpv6(String host) {
        InetAddress parsed;
        try {
            // With a colon and these characters alone nothing is looked up.
            parsed = IPV6_LETTERS.matcher(host).matches() ? InetAddress.getByName(host) : null;
        } catch (UnknownHostException e) {
            parsed = null;
        }
        if (parsed == null) {
            throw new IllegalArgumentException("This is no IPv6 address; one is written without brackets and scope.");
        }
        if (parsed instanceof Inet4Address || parsed.isAnyLocalAddress() || parsed.isMulticastAddress()) {
            throw new IllegalArgumentException(
                    "An IPv6 address is of one machine, and an IPv4 address is not written as one.");
        }
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}
