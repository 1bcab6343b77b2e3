package dev.metalog.server.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What kind of statement a signature is under. A signature made under one domain is worth nothing under another, so a
 * peer can never be led to sign a message that is read as something else. All domains stand in this one list; the number
 * at the end rises when the meaning of the signed bytes changes.
 */
public enum SigningDomain {
    PEER_ANNOUNCE("meta-log/peer-announce/1"),
    CANVASL_SYNC("meta-log/canvasl-sync/1"),
    PEER_MESSAGE("meta-log/peer-message/1"),
    /** What a person has signed through an editor: free text, never something another domain could mean. */
    PERSON("meta-log/person/1"),
    WEBRTC_SIGNAL("meta-log/webrtc-signal/1"),
    /** By a root: the public keys of one of its devices. */
    DEVICE_CERTIFICATE("meta-log/device-certificate/1"),
    /** By a device: events that it wrote. */
    EVENTS("meta-log/events/1"),
    /** By a device: what it puts on a blackboard. */
    BLACKBOARD("meta-log/blackboard/1"),
    /** By an owner's root: one record of who belongs to a workspace. */
    MEMBERSHIP("meta-log/membership/1"),
    /** By a device: that its person wants to leave a workspace. */
    LEAVE("meta-log/leave/1"),
    /** By a device: that it asks to be let into a workspace. */
    ASK("meta-log/ask/1"),
    /** By a device: where it listens. */
    WHEREABOUTS("meta-log/whereabouts/1"),
    /** By a device, and kept to itself: what tells two workspaces of one device apart. */
    PLACE("meta-log/place/1"),
    /** By a device: the TLS key of its direct links. */
    TRANSPORT("meta-log/transport/1");

    private final byte[] name;

    SigningDomain(String name) {
        this.name = name.getBytes(StandardCharsets.US_ASCII);
    }

    /** The signed bytes: two bytes of length, the domain's name, four bytes of length, the content (big endian). */
    byte[] preimage(byte[] content) {
        return ByteBuffer.allocate(2 + name.length + 4 + content.length)
                .putShort((short) name.length)
                .put(name)
                .putInt(content.length)
                .put(content)
                .array();
    }
}
