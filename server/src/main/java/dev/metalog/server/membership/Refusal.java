package dev.metalog.server.membership;

/** Why a record is not one of the chain's. */
public enum Refusal {
    /** The bytes are no record. */
    MALFORMED,
    /** It is about another workspace, or its genesis is not what the workspace's id was made of. */
    FOREIGN,
    /** The owner did not sign it. */
    NOT_THE_OWNERS,
    /** The certificate in it is none. */
    CERTIFICATE,
    /** It lets in a device that is in, or gives it the role it has. */
    CHANGES_NOTHING,
    /** It lets in a device that went out: that person comes back with another device. */
    WENT_OUT,
    /** It lets in a device with a key of another device. */
    KEY_IN_USE,
    /** It makes an owner of somebody else's device, or another of the owner's. */
    OWNERSHIP,
    /** It is about somebody who is no member. */
    NO_MEMBER,
    /** It does not begin the epoch after this one. */
    EPOCH,
    /** It does not have a key for each device that stays, and for no other. */
    KEYS,
    /** There would be more members, or more records, than may. */
    FULL
}
