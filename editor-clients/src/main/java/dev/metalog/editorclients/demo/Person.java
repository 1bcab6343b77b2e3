package dev.metalog.editorclients.demo;

import dev.metalog.editorclients.drive.DrivenEditor;
import dev.metalog.editorclients.rig.Seat;

/** One of the two people: a place, and the editor that was started there. */
record Person(Seat seat, DrivenEditor editor) {
    String name() {
        return seat.name();
    }
}
