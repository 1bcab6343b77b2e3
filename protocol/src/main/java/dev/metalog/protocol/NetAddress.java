package dev.metalog.protocol;

import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Where a peer listens: a numeric address and a port. Names are not taken, so that nobody can have others look them up.
 *
 * @param host {@code 192.0.2.7}, or the eight groups of an IPv6 address in full, {@code 2001:db8:0:0:0:0:0:7}
 * @param port from {@value #LOWEST_PORT}: what listens below was not started by a person for this
 */
public record NetAddress(String host, int port) implements Comparable<NetAddress> {
    public static final int LOWEST_PORT = 1_024;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final Pattern IPV4 = Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");
    private static final Pattern IPV6 = Pattern.compile("(0|[1-9a-f][0-9a-f]{0,3})(:(0|[1-9a-f][0-9a-f]{0,3})){7}");

    public NetAddress {
        if (port < LOWEST_PORT || port > 0xffff) {
            throw new IllegalArgumentException("A peer listens on a port from " + LOWEST_PORT + " to 65535.");
        }
        byte[] bytes = bytesOf(host);
        int first = bytes[0] & 0xff;
        boolean isForAll = bytes.length == IPV4_BYTES ? first >= 224 : first == 0xff;
        if (isForAll || Arrays.equals(bytes, new byte[bytes.length]) || (bytes.length == IPV4_BYTES && first == 0)) {
            throw new IllegalArgumentException("Nobody listens at this address: " + host + ".");
        }
    }

    /** @param bytes 4 or 16, as in a packet */
    public static NetAddress of(byte[] bytes, int port) {
        StringBuilder host = new StringBuilder();
        if (bytes.length == IPV4_BYTES) {
            for (byte b : bytes) {
                host.append(host.length() == 0 ? "" : ".").append(b & 0xff);
            }
        } else if (bytes.length == IPV6_BYTES) {
            for (int i = 0; i < IPV6_BYTES; i += 2) {
                int group = (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
                host.append(i == 0 ? "" : ":").append(Integer.toHexString(group));
            }
        } else {
            throw new IllegalArgumentException("An address has 4 or 16 bytes.");
        }
        return new NetAddress(host.toString(), port);
    }

    /** The 4 or 16 bytes of the host. */
    public byte[] hostBytes() {
        return bytesOf(host);
    }

    private static byte[] bytesOf(String host) {
        if (IPV4.matcher(host).matches()) {
            String[] parts = host.split("\\.", -1);
            byte[] bytes = new byte[IPV4_BYTES];
            for (int i = 0; i < IPV4_BYTES; i++) {
                int part = Integer.parseInt(parts[i]);
                if (part > 0xff) {
                    throw new IllegalArgumentException("This is no IPv4 address: " + host + ".");
                }
                bytes[i] = (byte) part;
            }
            return bytes;
        }
        if (!IPV6.matcher(host).matches()) {
            throw new IllegalArgumentException("An address is written as numbers, and IPv6 with all eight groups.");
        }
        String[] groups = host.split(":", -1);
        byte[] bytes = new byte[IPV6_BYTES];
        for (int i = 0; i < groups.length; i++) {
            int group = Integer.parseInt(groups[i], 16);
            bytes[2 * i] = (byte) (group >> 8);
            bytes[2 * i + 1] = (byte) group;
        }
        return bytes;
    }

    @Override
    public int compareTo(NetAddress other) {
        int byHost = Arrays.compareUnsigned(hostBytes(), other.hostBytes());
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    /** As in a URL: {@code 192.0.2.7:4711}, {@code [2001:db8:0:0:0:0:0:7]:4711}. */
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
