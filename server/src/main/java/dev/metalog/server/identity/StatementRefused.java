package dev.metalog.server.identity;

/** Why a statement is not believed, on its way from where that is found out to the gate. */
final class StatementRefused extends Exception {
    private static final long serialVersionUID = 1L;

    private final Verdict.Fault fault;

    /** @param detail holds nothing the sender wrote */
    StatementRefused(Verdict.Fault fault, String detail) {
        // Whoever floods us with junk shall not make us walk the stack for each piece.
        super(detail, null, false, false);
        this.fault = fault;
    }

    /** @param subject what was refused, as the beginning of a sentence */
    <T> Verdict<T> verdict(String subject) {
        return new Verdict.Refused<>(fault, subject + " was refused. " + getMessage());
    }
}
