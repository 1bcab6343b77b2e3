package dev.metalog.server.authorship;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that everything here is made of. */
final class Sha256 {
    private Sha256() {}

    static MessageDigest fresh() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }
}
