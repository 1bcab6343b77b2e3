package dev.metalog.server.identity;

import dev.metalog.protocol.NetAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * "Here I listen", signed by a device: nobody else can send peers to where it does not listen.
 *
 * <pre>form (1) │ certificate (134) │ place (8) │ since, ms (8) │ key of beacons (32), in form 2 alone
 *   │ count (1) │ each: 4 or 16 (1), address, port (2) │ signature (64)</pre>
 *
 * @param device that listens
 * @param place which of its workspaces, see {@link #placeOf}
 * @param sinceMillis by its clock; of two statements the one with the later time holds
 * @param beaconKey by which its beacon is recognised on a local network; {@code null} when it shows none (form 1)
 * @param addresses at most {@value #MOST_ADDRESSES}, the best first
 */
public record Whereabouts(
        DeviceCertificate device, long place, long sinceMillis, BeaconKey beaconKey, List<NetAddress> addresses) {
    public static final int MOST_ADDRESSES = 8;

    private static final int PLAIN = 1;
    private static final int WITH_BEACON = 2;
    private static final int HEADER_BYTES = 1 + DeviceCertificate.BYTES + Long.BYTES + Long.BYTES + 1;

    /** The longest statement. */
    static final int MOST_BYTES = HEADER_BYTES
            + BeaconKey.BYTES
            + MOST_ADDRESSES * (1 + 16 + Short.BYTES)
            + DeviceCertificate.SIGNATURE_BYTES;

    public Whereabouts {
        if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
            throw new IllegalArgumentException("A device listens at 1 to " + MOST_ADDRESSES + " addresses.");
        }
        addresses = List.copyOf(addresses);
    }

    /** Tells the workspaces of one device apart, the same in each run, and tells nobody else which is which. */
    public static long placeOf(DeviceKey device, byte[] workspace) {
        return ByteBuffer.wrap(device.sign(SigningDomain.PLACE, workspace)).getLong();
    }

    /**
     * The signed form of what holds from now on.
     *
     * @param beaconKey may be {@code null}
     */
    public static byte[] sign(
            DeviceKey device, long place, long sinceMillis, BeaconKey beaconKey, List<NetAddress> addresses) {
        byte[] content = new Whereabouts(device.certificate(), place, sinceMillis, beaconKey, addresses).content();
        byte[] signature = device.sign(SigningDomain.WHEREABOUTS, content);
        return ByteBuffer.allocate(content.length + signature.length)
                .put(content)
                .put(signature)
                .array();
    }

    private byte[] content() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(beaconKey == null ? PLAIN : WITH_BEACON);
        bytes.writeBytes(device.encode());
        bytes.writeBytes(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(place)
                .putLong(sinceMillis)
                .array());
        if (beaconKey != null) {
            bytes.writeBytes(beaconKey.bytes());
        }
        bytes.write(addresses.size());
        for (NetAddress address : addresses) {
            byte[] host = address.hostBytes();
            bytes.write(host.length);
            bytes.writeBytes(host);
            bytes.write(address.port() >> 8);
            bytes.write(address.port());
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #sign} made. About a millisecond.
     *
     * @throws IdentityRefused when it is not in its one form, or not signed by the device that it names
     */
    public static Whereabouts read(byte[] statement) throws IdentityRefused {
        demand(statement.length > HEADER_BYTES + DeviceCertificate.SIGNATURE_BYTES);
        demand(statement[0] == PLAIN || statement[0] == WITH_BEACON);
        int end = statement.length - DeviceCertificate.SIGNATURE_BYTES;
        ByteBuffer form = ByteBuffer.wrap(statement, 0, end).slice();
        form.position(1 + DeviceCertificate.BYTES);
        long place = form.getLong();
        long sinceMillis = form.getLong();
        BeaconKey beaconKey = statement[0] == WITH_BEACON ? beaconKey(form) : null;
        int count = form.get();
        demand(count >= 1 && count <= MOST_ADDRESSES);
        List<NetAddress> addresses = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            addresses.add(address(form));
        }
        demand(!form.hasRemaining());
        DeviceCertificate device =
                DeviceCertificate.decode(Arrays.copyOfRange(statement, 1, 1 + DeviceCertificate.BYTES));
        byte[] signature = Arrays.copyOfRange(statement, end, statement.length);
        demand(device.verify(SigningDomain.WHEREABOUTS, Arrays.copyOf(statement, end), signature));
        return new Whereabouts(device, place, sinceMillis, beaconKey, addresses);
    }

    private static BeaconKey beaconKey(ByteBuffer form) throws IdentityRefused {
        demand(form.remaining() > BeaconKey.BYTES);
        byte[] bytes = new byte[BeaconKey.BYTES];
        form.get(bytes);
        return new BeaconKey(bytes);
    }

    private static NetAddress address(ByteBuffer form) throws IdentityRefused {
        demand(form.hasRemaining());
        int length = form.get();
        demand((length == 4 || length == 16) && form.remaining() >= length + Short.BYTES);
        byte[] host = new byte[length];
        form.get(host);
        try {
            return NetAddress.of(host, form.getShort() & 0xffff);
        } catch (IllegalArgumentException e) {
            throw refused();
        }
    }

    private static void demand(boolean holds) throws IdentityRefused {
        if (!holds) {
            throw refused();
        }
    }

    private static IdentityRefused refused() {
        return new IdentityRefused(
                IdentityRefused.Reason.CERTIFICATE_MALFORMED,
                "Where a device listens is not signed by it, or cannot be read.");
    }
}
