package dev.metalog.server.store;

import java.nio.file.Path;

/** In what state a document's log was found, and what was done about it. */
public sealed interface LogOpening {
    /** Every byte was in order. */
    record Clean() implements LogOpening {}

    /**
     * The last record had not been written to its end, as when a process is killed or the power fails; it was cut off.
     *
     * @param cutBytes how much of it there was
     */
    record TornTailCut(Path log, long cutBytes) implements LogOpening {
        public String message() {
            return log + ": the last record was not written to its end; its " + cutBytes
                    + " bytes were cut off. Nothing to do: what peers received of it comes back from them.";
        }
    }

    /**
     * Bytes were changed. The whole file was copied beside itself; what lay before the damage goes on.
     *
     * @param damagedAtByte where the first bad record begins (0: the header)
     * @param copy the file as it was found
     */
    record DamageKeptAside(Path log, long damagedAtByte, Path copy) implements LogOpening {
        public String message() {
            return log + ": damaged at byte " + damagedAtByte + ". The file as it was is kept as " + copy
                    + "; what came before the damage is in use, the rest is fetched again from peers. Check this disk.";
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
