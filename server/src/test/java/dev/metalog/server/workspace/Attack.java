package dev.metalog.server.workspace;

/** One thing that somebody hostile does to honest people; each is a named case. */
interface Attack {
    /** What has to come of it, beside that it hurts nobody. */
    enum Outcome {
        /** The honest ones refuse it, and say so. */
        REFUSED,
        /** Nothing comes of it, and nobody needs to be told. */
        PASSED_OVER,
        /** It is something that a member may do. */
        ALLOWED
    }

    /** How it goes. */
    @FunctionalInterface
    interface Play {
        void play(AttackScene scene) throws Exception;
    }

    String name();

    Outcome outcome();

    Play play();
}
