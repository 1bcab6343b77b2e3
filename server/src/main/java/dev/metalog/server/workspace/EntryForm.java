package dev.metalog.server.workspace;

import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.blackboard.Posting;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.server.blackboard.Entry;
import dev.metalog.server.blackboard.Posted;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An entry of the blackboard as editors see it. */
final class EntryForm {
    private EntryForm() {}

    /** @param entry may be {@code null}, and so is the result then */
    static BlackboardMessages.Entry of(Entry entry) {
        if (entry == null) {
            return null;
        }
        List<BlackboardMessages.Item> items = new ArrayList<>();
        for (Posted posted : entry.shown()) {
            Posting posting = posted.posting();
            items.add(new BlackboardMessages.Item(
                    posting.value().json(),
                    posting.author().value(),
                    time(posting.writtenAtMillis()),
                    posting.expiresAtMillis() == 0 ? null : time(posting.expiresAtMillis())));
        }
        String kind = entry.kind() == Posting.Kind.VALUE ? "value" : "set";
        return new BlackboardMessages.Entry(
                entry.name().namespace(), entry.name().name(), kind, items);
    }

    static BlackboardMessages.Change change(EntryName name, Entry entry) {
        return new BlackboardMessages.Change(name.namespace(), name.name(), of(entry));
    }

    /** About how many characters it takes. */
    static int weight(Entry entry) {
        int weight = 0;
        for (Posted posted : entry.shown()) {
            weight += 200 + posted.posting().value().json().length();
        }
        return weight;
    }

    /** A peer may name any time there is. */
    private static String time(long millis) {
        try {
            return Instant.ofEpochMilli(millis).toString();
        } catch (DateTimeException e) {
            return Instant.MAX.toString();
        }
    }
}
