package dev.metalog.server.app.identity;

import dev.metalog.server.store.file.StoreRefused;

/** Where a person's secrets come from: never from arguments and never from the environment, where others see them. */
interface Secrets {
    /**
     * What the person types on the terminal, unseen.
     *
     * @throws Refused when there is none to type on
     */
    String ask(String prompt) throws Refused;

    /**
     * The first line of a file that only its owner can read, or of standard input.
     *
     * @param file {@code -} for standard input
     */
    String firstLine(String file) throws StoreRefused;

    /** All of it. */
    String text(String file) throws StoreRefused;

    /** A secret that is needed and not to be had, or not usable. */
    final class Refused extends Exception {
        Refused(String whatToDo) {
            super(whatToDo);
        }
    }
}
