package dev.metalog.server.trace;

import dev.metalog.protocol.ReplicaId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Names the writers of a trace. Their order matters: it decides which of two texts comes first that were inserted at one
 * place concurrently, and a recording's positions and its end hold only if it is decided as it was when they were made.
 *
 * <p>Numbers become names of equal length, so that 10 comes after 9. Names that are no replica ids become their rank
 * among all names.
 *
 * <p>In editing-traces no two writers ever insert at one place concurrently, so there any names would do. Git's Makefile
 * is different. Its 375 numbers are ranks too, of the names of commits' authors, and an author with several branches at
 * the same time has several numbers in a row, one for each (Junio C Hamano has 177 to 186). The text was made when these
 * were one writer, and two branches of one writer are ordered by sequence number: by which was recorded first. That is
 * lost; it is neither the order of the numbers nor that of the file, which the recorder rearranged. Some 170 pairs of
 * insertions meet; nearly all stand right by the numbers, and two transactions do not. In the original recording (of the
 * eg-walker reference, git-makefile-raw) 347 has sequence number 19,284 and 368 has 19,498, and likewise 298 stands
 * before 327. So in that one trace, known by its end, 327 and 368 are taken for later sessions of the writers whom they
 * have to follow: then the whole text is the recorded one.
 */
final class Writers {
    private static final Pattern REPLICA_ID = Pattern.compile("[A-Za-z0-9._-]{1,32}");
    private static final int MAKEFILE_TRANSACTIONS = 1_605;
    private static final String MAKEFILE_END_SHA256 =
            "e9be745d89f8ce1f81360ff05adb79c84a9d17e792b8e75bb3d3404e09aea78f";

    /** Of transactions, by their index, that do not go by their number. */
    private final Map<Integer, ReplicaId> exceptions;

    private final Map<String, ReplicaId> byName;
    private final Map<Integer, ReplicaId> byNumber = new HashMap<>();

    private Writers(Map<String, ReplicaId> byName, Map<Integer, ReplicaId> exceptions) {
        this.byName = byName;
        this.exceptions = exceptions;
    }

    static Writers of(RawTrace raw) throws BadTraceException {
        return switch (raw.format()) {
            case SEQUENTIAL -> new Writers(Map.of(), Map.of());
            case CONCURRENT -> new Writers(Map.of(), isGitMakefile(raw) ? gitMakefile() : Map.of());
            case NUMBERED -> new Writers(named(raw.transactions()), Map.of());
        };
    }

    ReplicaId writerOf(int index, RawTransaction transaction) throws BadTraceException {
        ReplicaId exception = exceptions.get(index);
        if (exception != null) {
            return exception;
        }
        if (transaction.agentName() != null) {
            return byName.get(transaction.agentName());
        }
        int number = Math.max(0, transaction.agent());
        if (number >= TraceLimits.WRITERS) {
            throw new BadTraceException(
                    "", "the writer's number is " + number + "; at most " + TraceLimits.WRITERS + " writers are read.");
        }
        return byNumber.computeIfAbsent(number, Writers::numbered);
    }

    private static ReplicaId numbered(int number) {
        return new ReplicaId(String.format(Locale.ROOT, "a%06d", number));
    }

    private static Map<String, ReplicaId> named(List<RawTransaction> transactions) throws BadTraceException {
        TreeSet<String> names = new TreeSet<>();
        transactions.forEach(transaction -> names.add(transaction.agentName()));
        if (names.size() > TraceLimits.WRITERS) {
            throw new BadTraceException("", "there are more than " + TraceLimits.WRITERS + " writers.");
        }
        boolean fit = names.stream().allMatch(name -> REPLICA_ID.matcher(name).matches());
        Map<String, ReplicaId> writers = new HashMap<>();
        for (String name : names) {
            writers.put(name, fit ? new ReplicaId(name) : numbered(writers.size()));
        }
        return writers;
    }

    private static boolean isGitMakefile(RawTrace raw) {
        return raw.transactions().size() == MAKEFILE_TRANSACTIONS
                && sha256(raw.endContent()).equals(MAKEFILE_END_SHA256);
    }

    private static Map<Integer, ReplicaId> gitMakefile() {
        return Map.of(327, later(179), 368, later(180));
    }

    /** A name right behind that of the numbered writer. */
    private static ReplicaId later(int number) {
        return new ReplicaId(numbered(number).value() + ".later");
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256.", e);
        }
    }
}
