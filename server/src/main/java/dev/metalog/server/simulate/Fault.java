package dev.metalog.server.simulate;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** What can go wrong in the world. Each seed draws which of the wanted ones happen, when, and how badly. */
enum Fault {
    /** The broker does not pass a message on to some. */
    LOSS,
    /** It passes one on twice. */
    DUPLICATION,
    /** One takes so long that later ones overtake it. */
    DELAY,
    /** Some machines do not hear some others for a while, in one direction or both. */
    PARTITION,
    /** A machine's link to the broker is down for a while. */
    LINK,
    /** The broker starts again and has forgotten everything. */
    BROKER,
    /** A sidecar is killed; what it wrote is there. */
    KILL,
    /** A machine loses its power: editors too, and of what was not flushed any part may be gone. */
    POWER,
    /** A machine loses its power, and a record on its disk is damaged: left out when the log is opened. */
    FLIP,
    /** A disk has no space for a while. */
    FULL,
    /** A clock jumps by up to a year. */
    CLOCK,
    /** An editor dies, and another one opens the document, with what is in the file or what the other one showed. */
    EDITOR,
    /** The same with the sidecar killed about then: before the editor, with it, or before it heard of the other one. */
    BOTH,
    /** A member leaves the document and joins it again. */
    CHURN,
    /** A person blocks a peer for a while. */
    BLOCK,
    /**
     * A character changes in the memory of a sidecar, in a text or in what it thinks that an editor shows; or an editor loses
     * a piece of what it shows.
     */
    MEMORY,
    /** Machines link to each other directly, too; and for a while no such link of one works. */
    DIRECT;

    /** @throws IllegalArgumentException for an unknown name */
    static Set<Fault> parse(String names) {
        if (names.equals("all")) {
            return EnumSet.allOf(Fault.class);
        }
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (!names.equals("none")) {
            for (String name : names.split(",", -1)) {
                faults.add(valueOf(name.strip().toUpperCase(Locale.ROOT)));
            }
        }
        return faults;
    }
}
