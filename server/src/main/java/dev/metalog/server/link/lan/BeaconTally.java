package dev.metalog.server.link.lan;

/**
 * How much was seen.
 *
 * @param now within this second
 * @param most within any second
 * @param dropped beyond the bound of a second
 */
public record BeaconTally(int now, int most, long dropped) {}
