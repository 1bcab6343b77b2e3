package dev.metalog.protocol.blackboard;

import dev.metalog.protocol.Limits;
import java.nio.charset.StandardCharsets;

/**
 * What an entry is called: a name inside a namespace. Names are compared by their characters, exactly.
 *
 * @param namespace 1 to 64 characters out of {@code [a-z0-9._-]}, so that tools do not collide
 * @param name 1 to {@value Limits#BLACKBOARD_NAME_BYTES} bytes of UTF-8 without control characters
 */
public record EntryName(String namespace, String name) implements Comparable<EntryName> {
    private static final int MOST_NAMESPACE_CHARS = 64;

    public EntryName {
        checkNamespace(namespace);
        if (name.isEmpty() || utf8Length(name) > Limits.BLACKBOARD_NAME_BYTES || !isPlain(name)) {
            throw new IllegalArgumentException("The name of an entry has 1 to " + Limits.BLACKBOARD_NAME_BYTES
                    + " bytes of UTF-8 and no control characters. Choose another name.");
        }
    }

    /** @throws IllegalArgumentException when there can be no namespace of this name */
    public static void checkNamespace(String namespace) {
        boolean fits = !namespace.isEmpty() && namespace.length() <= MOST_NAMESPACE_CHARS;
        for (int i = 0; fits && i < namespace.length(); i++) {
            char c = namespace.charAt(i);
            fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        }
        if (!fits) {
            throw new IllegalArgumentException("A namespace is 1 to " + MOST_NAMESPACE_CHARS
                    + " small letters, digits, '.', '_' or '-'. Choose another one.");
        }
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); ) {
            int character = name.codePointAt(i);
            int type = Character.getType(character);
            if (type == Character.CONTROL || type == Character.SURROGATE) {
                return false;
            }
            i += Character.charCount(character);
        }
        return true;
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public int compareTo(EntryName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
