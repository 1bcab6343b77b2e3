package dev.metalog.server.store.log;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** In what state a document's log was found, and what was done about it. */
public sealed interface LogOpening {
    /** Every byte was in order. */
    record Clean() implements LogOpening {}

    /**
     * The last record had not been written to its end, as when a process is killed or the power fails; it was cut off.
     *
     * @param cutBytes how much of it there was
     */
    record TornTailCut(Path segment, long cutBytes) implements LogOpening {
        public String message() {
            return segment + ": the last record was not written to its end; its " + cutBytes
                    + " bytes were cut off. Nothing to do: what peers received of it comes back from them.";
        }
    }

    /**
     * Bytes were changed, or a file is missing. What could not be used was put aside, and nothing was deleted.
     *
     * @param damagedAtByte where the first bad record begins (0: the header, or the whole file)
     * @param isWhole whether an older snapshot and what is behind it made good for the damage
     * @param kept the files as they were found
     */
    record DamageKeptAside(Path file, long damagedAtByte, boolean isWhole, List<Path> kept) implements LogOpening {
        public DamageKeptAside {
            kept = List.copyOf(kept);
        }

        public String message() {
            return file + ": damaged at byte " + damagedAtByte + ". What was found there is kept as "
                    + kept.stream().map(Path::toString).collect(Collectors.joining(", "))
                    + (isWhole
                            ? ". Nothing is lost: the snapshot before it and what follows that are in use."
                            : "; what came before the damage is in use, the rest is fetched again from peers.")
                    + " Check this disk.";
        }
    }

    /** One method for each state. */
    interface Handler<T> {
        T clean(Clean opening);

        T tornTailCut(TornTailCut opening);

        T damageKeptAside(DamageKeptAside opening);
    }

    default <T> T dispatch(Handler<T> handler) {
        if (this instanceof Clean clean) {
            return handler.clean(clean);
        }
        if (this instanceof TornTailCut cut) {
            return handler.tornTailCut(cut);
        }
        return handler.damageKeptAside((DamageKeptAside) this);
    }
}
