package dev.metalog.server.link.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Who may use a broker that others can reach: names and hashes of passwords, out of a file of the form that Mosquitto's
 * {@code mosquitto_passwd} writes, {@code name:$7$ROUNDS$SALT$HASH}, with PBKDF2 and SHA-512. Immutable.
 */
public final class BrokerUsers {
    /** Lines of the file; a longer file is refused. */
    static final int MOST_USERS = 1_024;

    private static final int MOST_BYTES = 1 << 20;
    private static final int ROUNDS = 100_000;
    private static final int MOST_ROUNDS = 1_000_000;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 64;
    private static final Pattern LINE =
            Pattern.compile("([^:]+):\\$7\\$([0-9]{1,7})\\$([A-Za-z0-9+/=]{1,200})\\$([A-Za-z0-9+/=]{88})");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");

    /** Compared with for names that are unknown, so that the time of an answer does not tell which names are known. */
    private static final Hashed NOBODY = new Hashed(ROUNDS, new byte[SALT_BYTES], new byte[HASH_BYTES]);

    private final Map<String, Hashed> byName;

    private BrokerUsers(Map<String, Hashed> byName) {
        this.byName = Map.copyOf(byName);
    }

    private static final class Hashed {
        private final int rounds;
        private final byte[] salt;
        private final byte[] hash;

        Hashed(int rounds, byte[] salt, byte[] hash) {
            this.rounds = rounds;
            this.salt = salt;
            this.hash = hash;
        }

        private boolean isOf(byte[] password) {
            return MessageDigest.isEqual(hash, hashOf(password, salt, rounds));
        }
    }

    /**
     * Reads the file.
     *
     * @throws IOException when it cannot be used; the message is a sentence for the person and holds nothing of the file
     */
    public static BrokerUsers read(Path file) throws IOException {
        Map<String, Hashed> users = new LinkedHashMap<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            Matcher parts = LINE.matcher(line.strip());
            if (!parts.matches()) {
                throw new IOException("Line " + number + " of the users' file " + file + " is not"
                        + " name:$7$ROUNDS$SALT$HASH. Write it with: meta-log broker user NAME --users " + file);
            }
            users.put(parts.group(1), hashed(file, number, parts));
        }
        if (users.isEmpty() || users.size() > MOST_USERS) {
            throw new IOException("The users' file " + file + " names " + users.size() + " users; it has to name 1 to "
                    + MOST_USERS + ". Add one with: meta-log broker user NAME --users " + file);
        }
        return new BrokerUsers(users);
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new IOException("it has more than 1 MiB");
            }
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IOException("The users' file " + file + " cannot be read (" + e + ").", e);
        }
    }

    private static Hashed hashed(Path file, int number, Matcher parts) throws IOException {
        try {
            int rounds = Integer.parseInt(parts.group(2));
            byte[] salt = Base64.getDecoder().decode(parts.group(3));
            byte[] hash = Base64.getDecoder().decode(parts.group(4));
            if (rounds < 1 || rounds > MOST_ROUNDS || salt.length == 0 || hash.length != HASH_BYTES) {
                throw new IllegalArgumentException("out of range");
            }
            return new Hashed(rounds, salt, hash);
        } catch (IllegalArgumentException e) {
            throw new IOException("The hash in line " + number + " of the users' file " + file + " cannot be read.", e);
        }
    }

    /**
     * A line of the file for this user.
     *
     * @throws IllegalArgumentException when the name or the password cannot be used
     */
    public static String line(String name, char[] password, SecureRandom random) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "A user's name has 1 to 64 letters, digits, or '.', '_', '@', '-'; this one cannot be used.");
        }
        if (password.length == 0) {
            throw new IllegalArgumentException("The password is empty. Write it on the first line of standard input.");
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = hashOf(new String(password).getBytes(StandardCharsets.UTF_8), salt, ROUNDS);
        Base64.Encoder base64 = Base64.getEncoder();
        return name + ":$7$" + ROUNDS + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    private static byte[] hashOf(byte[] password, byte[] salt, int rounds) {
        char[] characters = new String(password, StandardCharsets.UTF_8).toCharArray();
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(characters, salt, rounds, 8 * HASH_BYTES))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java has PBKDF2.", e);
        }
    }

    /** Whether this is the password of this user. It takes its time on purpose. */
    boolean isRight(String name, byte[] password) {
        Hashed known = name == null ? null : byName.get(name);
        boolean right = (known == null ? NOBODY : known).isOf(password == null ? new byte[0] : password);
        return known != null && right;
    }

    /** How many there are. */
    public int size() {
        return byName.size();
    }
}
