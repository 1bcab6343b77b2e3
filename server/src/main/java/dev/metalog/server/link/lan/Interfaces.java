package dev.metalog.server.link.lan;

import dev.metalog.server.link.LinkLimits;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The network interfaces of this machine that lead to a local network: at most {@link LinkLimits#LAN_INTERFACES}. */
final class Interfaces {
    private static final System.Logger LOGGER = System.getLogger(Interfaces.class.getPackageName());

    private final boolean loopbackOnly;
    private List<NetworkInterface> found = List.of();
    /** Of this machine. */
    private Set<InetAddress> own = Set.of();

    /** @param loopbackOnly whether this machine alone is meant */
    Interfaces(boolean loopbackOnly) {
        this.loopbackOnly = loopbackOnly;
    }

    void look() {
        try {
            List<NetworkInterface> all = NetworkInterface.networkInterfaces().toList();
            found = all.stream()
                    .filter(this::isMeant)
                    .limit(LinkLimits.LAN_INTERFACES)
                    .toList();
            own = all.stream().flatMap(NetworkInterface::inetAddresses).collect(Collectors.toUnmodifiableSet());
        } catch (SocketException e) {
            // The JDK says so as well when there are none at all.
            LOGGER.log(Level.DEBUG, "The networks of this machine cannot be found out.", e);
            found = List.of();
            own = Set.of();
        }
    }

    private boolean isMeant(NetworkInterface one) {
        try {
            if (!one.isUp() || one.isPointToPoint() || one.isLoopback() != loopbackOnly) {
                return false;
            }
            // The loopback interface of Linux carries multicast and says that it does not.
            return loopbackOnly || one.supportsMulticast();
        } catch (SocketException e) {
            return false;
        }
    }

    /** Those with an address of this kind. */
    List<NetworkInterface> with(Class<? extends InetAddress> kind) {
        List<NetworkInterface> with = new ArrayList<>();
        for (NetworkInterface one : found) {
            if (one.inetAddresses().anyMatch(kind::isInstance)) {
                with.add(one);
            }
        }
        return with;
    }

    /** Whether it is an address of this machine, or of a network that it is in: multicast DNS takes no others. */
    boolean areNear(InetAddress address) {
        if (loopbackOnly || own.contains(address)) {
            return own.contains(address);
        }
        if (address.isLinkLocalAddress()) {
            return true;
        }
        for (NetworkInterface one : found) {
            for (InterfaceAddress here : one.getInterfaceAddresses()) {
                if (isWithin(here.getAddress().getAddress(), here.getNetworkPrefixLength(), address.getAddress())) {
                    return true;
                }
            }
        }
        return false;
    }

    static boolean isWithin(byte[] own, int prefixBits, byte[] other) {
        if (own.length != other.length) {
            return false;
        }
        for (int bit = 0; bit < Math.min(prefixBits, own.length * Byte.SIZE); bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((own[bit / Byte.SIZE] ^ other[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
