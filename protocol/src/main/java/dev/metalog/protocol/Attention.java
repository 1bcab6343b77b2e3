package dev.metalog.protocol;

/** How a person attends to a document. The numbers are part of the peers' protocol. */
public enum Attention {
    /** It is no longer open, or nothing is said of it any more. */
    GONE(0),
    /** It is open, and something else is in front. */
    BEHIND(1),
    /** It is in front, and nothing has happened there for a while. */
    IDLE(2),
    /** It is in front. */
    IN_FRONT(3);

    private final int number;

    Attention(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** @throws IllegalArgumentException when none has this number */
    public static Attention of(int number) {
        for (Attention attention : values()) {
            if (attention.number == number) {
                return attention;
            }
        }
        throw new IllegalArgumentException("Nobody attends like " + number + ".");
    }
}
