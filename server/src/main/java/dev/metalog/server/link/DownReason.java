package dev.metalog.server.link;

/** Why a link is not up. Every one of them but {@link #CLOSED} is tried again by itself. */
public enum DownReason {
    /** Nothing answers at the address, its name is unknown, or it does not speak MQTT in time. */
    UNREACHABLE,
    /** The broker refused the user name or password. */
    BAD_CREDENTIALS,
    /** The broker wants a user name and password and none is set, or does not let this user connect. */
    NOT_AUTHORISED,
    /** The broker's certificate is not trusted, or TLS could not be agreed on. */
    UNTRUSTED,
    /** The broker answered and refused the connection for another reason. */
    REFUSED,
    /** The link was up and the connection ended without our doing. */
    LOST,
    /** {@link RelayLink#close} was called; nothing follows. */
    CLOSED
}
