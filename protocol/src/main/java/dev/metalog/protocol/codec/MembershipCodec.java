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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records of a workspace's membership as bytes:
 *
 * <pre>
 * form (1) │ kind (1) │ workspace (16) │ number │ previous (32) │ minutes │ change │ signature (65)
 * 1 genesis:   certificate (134) │ name │ nonce (32) │ key check (16) │ sealed key (80)
 * 2 add:       certificate (134) │ name │ role (1) │ sealed key (80)
 * 3 set role:  device (16) │ role (1) │ pins
 * 4 more pins: peer (20) │ pins
 * 5 remove:    peer (20) │ pins │ epoch │ key check (16) │ count │ each: device (16) │ sealed key (80)
 * pins:        count of documents │ each: document (16) │ count │ each: replica │ next seq
 * </pre>
 *
 * Counts, numbers and lengths are varints; texts are a length and UTF-8. What is signed, and hashed for the next record, is all
 * before the signature, so a second signature of the same owner's does not make another record. A record has one form:
 * whatever does not encode to itself again is refused.
 */
public final class MembershipCodec {
    /** The length of the signature at a record's end. */
    public static final int SIGNATURE_BYTES = 65;

    private static final int FORM = 1;
    private static final int GENESIS = 1;
    private static final int ADD = 2;
    private static final int SET_ROLE = 3;
    private static final int MORE_PINS = 4;
    private static final int REMOVE = 5;
    private static final int OWNER = 0;
    private static final int WRITE = 1;
    private static final int READ = 2;
    private static final int ID_BYTES = 16;
    private static final int ADDRESS_BYTES = 20;
    private static final String PEER = "peer-";
    private static final HexFormat HEX = HexFormat.of();

    private MembershipCodec() {}

    /**
     * A record that was read; who signed it is not known by that.
     *
     * @param content the bytes that are signed
     * @param signature {@value #SIGNATURE_BYTES} bytes
     */
    @SuppressWarnings("ArrayRecordComponent") // a record only as a carrier: never compared, never a key
    public record Signed(MembershipRecord record, byte[] content, byte[] signature) {}

    /** What is to be signed. */
    public static byte[] content(MembershipRecord record) {
        ByteSink out = new ByteSink(512);
        out.put(FORM);
        out.put(record.change().dispatch(KIND));
        out.put(record.workspace().bytes());
        out.varint(record.number());
        out.put(record.previous().bytes());
        out.varint(record.minutes());
        record.change().dispatch(new Encoder(out));
        return out.toArray();
    }

    /** The record, from what {@link #content} gave and a signature of that. */
    public static byte[] encode(byte[] content, byte[] signature) {
        if (signature.length != SIGNATURE_BYTES) {
            throw new IllegalArgumentException("A record's signature has " + SIGNATURE_BYTES + " bytes.");
        }
        byte[] bytes = Arrays.copyOf(content, content.length + SIGNATURE_BYTES);
        System.arraycopy(signature, 0, bytes, content.length, SIGNATURE_BYTES);
        return bytes;
    }

    /** @throws MalformedMessageException whatever is wrong with the bytes; nothing else escapes */
    public static Signed decode(byte[] bytes) throws MalformedMessageException {
        if (bytes.length <= SIGNATURE_BYTES || bytes.length > Limits.MEMBERSHIP_RECORD_BYTES) {
            throw new MalformedMessageException("A record of membership has more than " + SIGNATURE_BYTES
                    + " and at most " + Limits.MEMBERSHIP_RECORD_BYTES + " bytes.");
        }
        int end = bytes.length - SIGNATURE_BYTES;
        byte[] content = Arrays.copyOf(bytes, end);
        MembershipRecord record;
        try {
            record = read(new ByteSource(content, 0, end));
        } catch (MalformedColumnsException | IllegalArgumentException e) {
            throw new MalformedMessageException("The record of membership is malformed: " + e.getMessage());
        }
        if (!Arrays.equals(content(record), content)) {
            throw new MalformedMessageException("The record of membership is not in its one form.");
        }
        return new Signed(record, content, Arrays.copyOfRange(bytes, end, bytes.length));
    }

    private static final MembershipChange.Handler<Integer> KIND = new MembershipChange.Handler<>() {
        @Override
        public Integer genesis(MembershipChange.Genesis change) {
            return GENESIS;
        }

        @Override
        public Integer add(MembershipChange.Add change) {
            return ADD;
        }

        @Override
        public Integer setRole(MembershipChange.SetRole change) {
            return SET_ROLE;
        }

        @Override
        public Integer morePins(MembershipChange.MorePins change) {
            return MORE_PINS;
        }

        @Override
        public Integer remove(MembershipChange.Remove change) {
            return REMOVE;
        }
    };

    private record Encoder(ByteSink out) implements MembershipChange.Handler<Void> {
        @Override
        public Void genesis(MembershipChange.Genesis change) {
            out.put(change.certificate().bytes());
            text(change.name().value());
            out.put(change.nonce().bytes());
            out.put(change.keyCheck().bytes());
            out.put(change.wrap().bytes());
            return null;
        }

        @Override
        public Void add(MembershipChange.Add change) {
            out.put(change.certificate().bytes());
            text(change.name().value());
            out.put(number(change.role()));
            out.put(change.wrap().bytes());
            return null;
        }

        @Override
        public Void setRole(MembershipChange.SetRole change) {
            out.put(Base32.decode(change.device().value()));
            out.put(number(change.role()));
            pins(change.pins());
            return null;
        }

        @Override
        public Void morePins(MembershipChange.MorePins change) {
            peer(change.peer());
            pins(change.pins());
            return null;
        }

        @Override
        public Void remove(MembershipChange.Remove change) {
            peer(change.peer());
            pins(change.pins());
            out.varint(change.epoch());
            out.put(change.keyCheck().bytes());
            out.varint(change.wraps().size());
            for (KeyWrap wrap : change.wraps()) {
                out.put(Base32.decode(wrap.device().value()));
                out.put(wrap.sealed().bytes());
            }
            return null;
        }

        private void pins(List<Pin> pins) {
            Map<DocumentId, List<Pin>> byDocument = new LinkedHashMap<>();
            pins.forEach(pin -> byDocument
                    .computeIfAbsent(pin.document(), d -> new ArrayList<>())
                    .add(pin));
            out.varint(byDocument.size());
            byDocument.forEach((document, own) -> {
                out.put(Base32.decode(document.value()));
                out.varint(own.size());
                for (Pin pin : own) {
                    text(pin.replica().value());
                    out.varint(pin.nextSeq());
                }
            });
        }

        private void peer(PeerId peer) {
            out.put(HEX.parseHex(peer.value().substring(PEER.length())));
        }

        private void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            out.varint(utf8.length);
            out.put(utf8);
        }
    }

    private static MembershipRecord read(ByteSource in) throws MalformedColumnsException {
        expect(in.next() == FORM, "it has a form that is not known here; the older of the two needs an upgrade");
        int kind = in.next();
        WorkspaceId workspace = WorkspaceId.fromBytes(in.take(ID_BYTES));
        int number = in.varint();
        Digest previous = new Digest(in.take(Digest.BYTES));
        int minutes = in.varint();
        MembershipChange change = switch (kind) {
            case GENESIS ->
                new MembershipChange.Genesis(
                        certificate(in),
                        name(in),
                        chunk(in, WorkspaceId.NONCE_BYTES),
                        chunk(in, MembershipChange.KEY_CHECK_BYTES),
                        chunk(in, KeyWrap.SEALED_BYTES));
            case ADD -> new MembershipChange.Add(certificate(in), name(in), role(in), chunk(in, KeyWrap.SEALED_BYTES));
            case SET_ROLE -> new MembershipChange.SetRole(device(in), role(in), pins(in));
            case MORE_PINS -> new MembershipChange.MorePins(peer(in), pins(in));
            case REMOVE ->
                new MembershipChange.Remove(
                        peer(in), pins(in), in.varint(), chunk(in, MembershipChange.KEY_CHECK_BYTES), wraps(in));
            default -> throw new IllegalArgumentException("its kind is not known here");
        };
        expect(in.remaining() == 0, "bytes follow it");
        return new MembershipRecord(workspace, number, previous, minutes, change);
    }

    private static Chunk certificate(ByteSource in) throws MalformedColumnsException {
        return chunk(in, MembershipChange.CERTIFICATE_BYTES);
    }

    private static Chunk chunk(ByteSource in, int length) throws MalformedColumnsException {
        return new Chunk(in.take(length));
    }

    private static MemberName name(ByteSource in) throws MalformedColumnsException {
        return new MemberName(text(in, 4 * Limits.MEMBER_NAME_CODE_POINTS));
    }

    private static MemberRole role(ByteSource in) throws MalformedColumnsException {
        return switch (in.next()) {
            case OWNER -> MemberRole.OWNER;
            case WRITE -> MemberRole.WRITE;
            case READ -> MemberRole.READ;
            default -> throw new IllegalArgumentException("its role is not known here");
        };
    }

    private static int number(MemberRole role) {
        return switch (role) {
            case OWNER -> OWNER;
            case WRITE -> WRITE;
            case READ -> READ;
        };
    }

    private static DeviceId device(ByteSource in) throws MalformedColumnsException {
        return new DeviceId(Base32.encode(in.take(ID_BYTES)));
    }

    private static PeerId peer(ByteSource in) throws MalformedColumnsException {
        return new PeerId(PEER + HEX.formatHex(in.take(ADDRESS_BYTES)));
    }

    private static List<Pin> pins(ByteSource in) throws MalformedColumnsException {
        int documents = in.varint();
        expect(documents <= Limits.MEMBERSHIP_PINS, "it pins too many documents");
        List<Pin> pins = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            DocumentId document = DocumentId.fromRandom(in.take(ID_BYTES));
            int count = in.varint();
            expect(count >= 1 && count <= Limits.MEMBERSHIP_PINS - pins.size(), "it has too many pins, or too few");
            for (int k = 0; k < count; k++) {
                pins.add(new Pin(document, new ReplicaId(text(in, ReplicaId.MOST_CHARS)), in.varint()));
            }
        }
        return pins;
    }

    private static List<KeyWrap> wraps(ByteSource in) throws MalformedColumnsException {
        int count = in.varint();
        expect(count <= Limits.MEMBERS, "it has keys for too many devices");
        List<KeyWrap> wraps = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            wraps.add(new KeyWrap(device(in), chunk(in, KeyWrap.SEALED_BYTES)));
        }
        return wraps;
    }

    private static String text(ByteSource in, int mostBytes) throws MalformedColumnsException {
        int length = in.varint();
        expect(length <= mostBytes, "a text is too long");
        byte[] utf8 = in.take(length);
        return new ByteSource(utf8, 0, utf8.length).utf8();
    }

    private static void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
