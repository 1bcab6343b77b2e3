package dev.metalog.server.link.direct;

/**
 * Where to listen.
 *
 * @param port 0 for any that is free
 * @param preferredPort tried before that one; 0: none
 * @param loopbackOnly whether only this machine may connect; otherwise whoever reaches it
 */
public record DirectSettings(int port, int preferredPort, boolean loopbackOnly) {
    public DirectSettings(int port, boolean loopbackOnly) {
        this(port, 0, loopbackOnly);
    }

    /** The same, but when any port will do this one is tried first, where others may look for us. 0: none. */
    public DirectSettings preferring(int wanted) {
        return port == 0 ? new DirectSettings(port, wanted, loopbackOnly) : this;
    }

    public DirectSettings {
        if (port < 0 || port > 65_535 || preferredPort < 0 || preferredPort > 65_535) {
            throw new IllegalArgumentException("The port to listen on is a number from 0 (any) to 65535.");
        }
    }
}
