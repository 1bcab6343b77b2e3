package dev.metalog.server.link.direct;

/**
 * Where to listen.
 *
 * @param port 0 for any that is free
 * @param loopbackOnly whether only this machine may connect; otherwise whoever reaches it
 */
public record DirectSettings(int port, boolean loopbackOnly) {
    public DirectSettings {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("The port to listen on is a number from 0 (any) to 65535.");
        }
    }
}
