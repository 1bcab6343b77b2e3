package dev.metalog.server.editor;

/**
 * The broker that an editor's settings name. Each may be absent (null) or blank: then what the environment says holds.
 *
 * @param url never holds a password
 * @param user as whom to go there
 * @param caFile certificates of the authorities that vouch for it, as PEM
 */
public record BrokerChoice(String url, String user, String caFile) {
    /** What a client asks for that asks for nothing. */
    public static final BrokerChoice NONE = new BrokerChoice(null, null, null);
}
