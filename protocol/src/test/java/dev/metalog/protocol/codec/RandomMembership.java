package dev.metalog.protocol.codec;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.DeviceId;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.membership.KeyWrap;
import dev.metalog.protocol.membership.MemberName;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.protocol.membership.Pin;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;

/** Records of membership of all shapes. */
final class RandomMembership {
    private static final List<String> NAMES =
            List.of("Ada", "Bj\u00f6rn de l'\u00c9t\u00e9", "\u5f20\u4f1f", "\ud83d\ude00 7");

    private static final List<MemberRole> ROLES = List.of(MemberRole.values());

    private RandomMembership() {}

    static MembershipRecord record(Random random) {
        MembershipChange change = switch (random.nextInt(5)) {
            case 0 ->
                new MembershipChange.Genesis(
                        chunk(random, 134), name(random), chunk(random, 32), chunk(random, 16), chunk(random, 80));
            case 1 ->
                new MembershipChange.Add(
                        chunk(random, 134), name(random), ROLES.get(random.nextInt(3)), chunk(random, 80));
            case 2 ->
                random.nextBoolean()
                        ? new MembershipChange.SetRole(device(random), MemberRole.WRITE, List.of())
                        : new MembershipChange.SetRole(device(random), MemberRole.READ, pins(random, 9));
            case 3 -> new MembershipChange.MorePins(peer(random), pins(random, 9));
            default ->
                new MembershipChange.Remove(
                        peer(random),
                        random.nextBoolean() ? List.of() : pins(random, 9),
                        2 + random.nextInt(1 << random.nextInt(31)),
                        chunk(random, 16),
                        wraps(random, 1 + random.nextInt(4)));
        };
        boolean first = change instanceof MembershipChange.Genesis;
        return new MembershipRecord(
                WorkspaceId.fromBytes(bytes(random, 16)),
                first ? 0 : 1 + random.nextInt(Limits.MEMBERSHIP_RECORDS - 1),
                first ? MembershipRecord.NOTHING : new Digest(bytes(random, 32)),
                random.nextInt(1 << random.nextInt(31)),
                change);
    }

    /** The longest record there is. */
    static MembershipRecord longest(Random random) {
        TreeSet<Pin> pins = new TreeSet<>();
        while (pins.size() < Limits.MEMBERSHIP_PINS) {
            ReplicaId replica = new ReplicaId(HexFormat.of().formatHex(bytes(random, 16)));
            pins.add(new Pin(DocumentId.fromRandom(bytes(random, 16)), replica, Integer.MAX_VALUE));
        }
        return new MembershipRecord(
                WorkspaceId.fromBytes(bytes(random, 16)),
                Limits.MEMBERSHIP_RECORDS - 1,
                new Digest(bytes(random, 32)),
                Integer.MAX_VALUE,
                new MembershipChange.Remove(
                        peer(random),
                        List.copyOf(pins),
                        Integer.MAX_VALUE,
                        chunk(random, 16),
                        wraps(random, Limits.MEMBERS)));
    }

    private static List<Pin> pins(Random random, int most) {
        TreeSet<Pin> pins = new TreeSet<>();
        for (int i = 0; i <= random.nextInt(most); i++) {
            byte[] document = new byte[16];
            document[15] = (byte) random.nextInt(3);
            ReplicaId replica = new ReplicaId("w" + random.nextInt(20));
            pins.add(new Pin(DocumentId.fromRandom(document), replica, 1 + random.nextInt(1 << random.nextInt(31))));
        }
        return List.copyOf(pins);
    }

    private static List<KeyWrap> wraps(Random random, int count) {
        TreeSet<KeyWrap> wraps = new TreeSet<>();
        while (wraps.size() < count) {
            wraps.add(new KeyWrap(device(random), chunk(random, 80)));
        }
        return List.copyOf(wraps);
    }

    private static MemberName name(Random random) {
        return new MemberName(NAMES.get(random.nextInt(NAMES.size())));
    }

    private static PeerId peer(Random random) {
        return new PeerId("peer-" + HexFormat.of().formatHex(bytes(random, 20)));
    }

    private static DeviceId device(Random random) {
        return new DeviceId(Base32.encode(bytes(random, 16)));
    }

    private static Chunk chunk(Random random, int length) {
        return new Chunk(bytes(random, length));
    }

    static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
