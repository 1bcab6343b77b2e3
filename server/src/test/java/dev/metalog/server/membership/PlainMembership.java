package dev.metalog.server.membership;

import dev.metalog.protocol.Digest;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.codec.MembershipCodec;
import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.protocol.membership.MembershipChange;
import dev.metalog.protocol.membership.MembershipRecord;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Signatures;
import dev.metalog.server.identity.SigningDomain;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The chain as plainly as its rule can be written: out of all records there are, again and again the first of those that fit.
 * What has happened is told by going through the chain from its begin, each time. It decides who is right.
 */
final class PlainMembership {
    private final WorkspaceId workspace;
    private final List<MembershipCodec.Signed> all = new ArrayList<>();
    private final List<MembershipCodec.Signed> chain = new ArrayList<>();
    private final Map<MembershipCodec.Signed, PeerId> signers = new HashMap<>();
    private final Map<List<Byte>, DeviceCertificate> certificates = new HashMap<>();

    PlainMembership(WorkspaceId workspace, Collection<byte[]> records) {
        this.workspace = workspace;
        for (byte[] record : records) {
            try {
                MembershipCodec.Signed read = MembershipCodec.decode(record);
                all.add(read);
                signers.put(
                        read,
                        Signatures.recover(SigningDomain.MEMBERSHIP, read.content(), read.signature())
                                .orElse(null));
            } catch (MalformedMessageException none) {
                // It is no record, whatever else it is.
            }
        }
        while (true) {
            MembershipCodec.Signed first = null;
            for (MembershipCodec.Signed each : all) {
                if (fits(each) && (first == null || place(each).compareTo(place(first)) < 0)) {
                    first = each;
                }
            }
            if (first == null) {
                return;
            }
            chain.add(first);
        }
    }

    int size() {
        return chain.size();
    }

    String head() {
        return chain.isEmpty()
                ? "0".repeat(64)
                : sha256(chain.get(chain.size() - 1)).toString();
    }

    /** What the order goes by: the minute, then the hash. */
    private static String place(MembershipCodec.Signed each) {
        return String.format("%010d %s", each.record().minutes(), sha256(each));
    }

    private static Digest sha256(MembershipCodec.Signed each) {
        try {
            return new Digest(MessageDigest.getInstance("SHA-256").digest(each.content()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Each device that is in, with what it may. */
    Map<String, MemberRole> members() {
        Map<String, MemberRole> in = new TreeMap<>();
        Map<String, PeerId> whose = new HashMap<>();
        for (MembershipCodec.Signed each : chain) {
            MembershipChange change = each.record().change();
            if (change instanceof MembershipChange.Genesis genesis) {
                DeviceCertificate device = certificate(genesis.certificate().bytes());
                in.put(device.device().value(), MemberRole.OWNER);
                whose.put(device.device().value(), device.peer());
            } else if (change instanceof MembershipChange.Add add) {
                DeviceCertificate device = certificate(add.certificate().bytes());
                in.put(device.device().value(), add.role());
                whose.put(device.device().value(), device.peer());
            } else if (change instanceof MembershipChange.SetRole set) {
                in.put(set.device().value(), set.role());
            } else if (change instanceof MembershipChange.Remove remove) {
                in.keySet().removeIf(device -> whose.get(device).equals(remove.peer()));
            }
        }
        return in;
    }

    int epoch() {
        return (chain.isEmpty() ? 0 : 1)
                + (int) chain.stream()
                        .filter(each -> each.record().change() instanceof MembershipChange.Remove)
                        .count();
    }

    private boolean fits(MembershipCodec.Signed each) {
        MembershipRecord record = each.record();
        if (!record.workspace().equals(workspace)
                || record.number() != chain.size()
                || !record.previous().toString().equals(head())) {
            return false;
        }
        if (record.change() instanceof MembershipChange.Genesis genesis) {
            DeviceCertificate device = certificate(genesis.certificate().bytes());
            return device != null
                    && device.peer().equals(signers.get(each))
                    && WorkspaceId.of(device.peer(), genesis.nonce().bytes()).equals(workspace);
        }
        return owner().equals(signers.get(each)) && makesSense(record.change());
    }

    private PeerId owner() {
        return signers.get(chain.get(0));
    }

    private boolean makesSense(MembershipChange change) {
        Map<String, MemberRole> in = members();
        if (change instanceof MembershipChange.Add add) {
            DeviceCertificate device = certificate(add.certificate().bytes());
            boolean isNew = device != null && lettingIn().stream().noneMatch(before -> sharesKey(before, device));
            return isNew && device.peer().equals(owner()) == (add.role() == MemberRole.OWNER) && in.size() < 256;
        }
        if (change instanceof MembershipChange.SetRole set) {
            MemberRole now = in.get(set.device().value());
            return now != null && now != MemberRole.OWNER && now != set.role();
        }
        if (change instanceof MembershipChange.MorePins pins) {
            return isIn(pins.peer()) && !pins.peer().equals(owner());
        }
        MembershipChange.Remove remove = (MembershipChange.Remove) change;
        List<String> staying = lettingIn().stream()
                .filter(device -> in.containsKey(device.device().value()))
                .filter(device -> !device.peer().equals(remove.peer()))
                .map(device -> device.device().value())
                .sorted()
                .toList();
        List<String> given =
                remove.wraps().stream().map(wrap -> wrap.device().value()).toList();
        return isIn(remove.peer())
                && !remove.peer().equals(owner())
                && remove.epoch() == epoch() + 1
                && given.equals(staying);
    }

    private boolean isIn(PeerId peer) {
        Map<String, MemberRole> in = members();
        return lettingIn().stream()
                .anyMatch(device -> device.peer().equals(peer)
                        && in.containsKey(device.device().value()));
    }

    /** Every device that was ever let in. */
    private List<DeviceCertificate> lettingIn() {
        List<DeviceCertificate> devices = new ArrayList<>();
        for (MembershipCodec.Signed each : chain) {
            MembershipChange change = each.record().change();
            if (change instanceof MembershipChange.Genesis genesis) {
                devices.add(certificate(genesis.certificate().bytes()));
            } else if (change instanceof MembershipChange.Add add) {
                devices.add(certificate(add.certificate().bytes()));
            }
        }
        return devices;
    }

    private static boolean sharesKey(DeviceCertificate one, DeviceCertificate other) {
        return java.util.Arrays.equals(one.signingKey(), other.signingKey())
                || java.util.Arrays.equals(one.sealingKey(), other.sealingKey());
    }

    private DeviceCertificate certificate(byte[] form) {
        List<Byte> key = new ArrayList<>();
        for (byte each : form) {
            key.add(each);
        }
        return certificates.computeIfAbsent(key, k -> {
            try {
                return DeviceCertificate.decode(form);
            } catch (IdentityRefused none) {
                return null;
            }
        });
    }
}
