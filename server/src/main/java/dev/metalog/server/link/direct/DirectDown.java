package dev.metalog.server.link.direct;

/** Why there is no link, or none any more. A device that is sought is dialled again after each but {@link #FORSAKEN} and {@link #CLOSED}. */
public enum DirectDown {
    /** Nothing answers at the address, or its name is unknown. */
    UNREACHABLE,
    /** What answered did not get as far as a link within the time it had. */
    SILENT,
    /** TLS could not be agreed on: no TLS 1.3, no certificate, not meta-log, or the other end hung up on ours. */
    NO_TLS,
    /** The doorman does not admit the other end. */
    NOT_ADMITTED,
    /** Another device answered than the one that was sought. */
    OTHER_DEVICE,
    /** No version of the protocol is spoken by both; one of the two needs an upgrade. */
    UPGRADE_NEEDED,
    /** The other end sent what is no frame, or not there. */
    BAD_FRAMES,
    /** More waited for the other end than may wait, or it asked for more topics than one may. */
    OVERFLOW,
    /** As many connections, links or devices as there may be. */
    FULL,
    /** The other end said goodbye. */
    LEFT,
    /** Nothing was heard for too long. */
    DEAD,
    /** The connection ended without anybody's doing. */
    LOST,
    /** Another link to the same device took over; never the reason that a device is down. */
    REPLACED,
    /** Nobody can reach us: the port could not be had. */
    NOT_LISTENING,
    /** {@link DirectLinks#forsake} was called. */
    FORSAKEN,
    /** {@link DirectLinks#close} was called; nothing follows. */
    CLOSED
}
