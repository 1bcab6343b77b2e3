package dev.metalog.server.link.direct;

/**
 * Who a link's other end is, as the doorman said; opaque to this shell.
 *
 * @param device tells links of one device from those of others
 * @param peer whose device it is
 */
public record RemoteDevice(String device, String peer) {}
