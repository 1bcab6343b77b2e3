package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two people, or one of them, write much while no broker is there, and meet again without being asked anything. {@code
 * -Doffline.edits=25000} makes it 50,000 edits together, {@code -Doffline.missed=10000} has the other one miss 10,000.
 */
final class OfflineIT {
    private static final int EDITS = Integer.getInteger("offline.edits", 1_000);
    private static final int MISSED = Integer.getInteger("offline.missed", 1_000);
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);
    private static final String BEGUN = "begun\n";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void whatBothWroteOfflineIsOneTextSoonAfter() throws Exception {
        writeApartAndMeet(EDITS, EDITS);
    }

    @Test
    void whatOneMissedArrivesSoonAfter() throws Exception {
        writeApartAndMeet(MISSED, 0);
    }

    private void writeApartAndMeet(int ofFirst, int ofSecond) throws Exception {
        System.out.println("offline: seed " + SEED);
        Mosquitto broker = Mosquitto.open(rig);
        Pair pair = Pair.start(rig, broker.url(), Editors.headless(), Editors.headless());
        pair.share("plan.txt", BEGUN);
        broker.kill();
        pair.first().event("connection", Events.state("disconnected"));
        pair.second().event("connection", Events.state("disconnected"));
        Pair.atOnce(() -> write(pair.first(), 'a', ofFirst), () -> write(pair.second(), 'b', ofSecond));
        assertThat(length(pair.first())).isEqualTo(BEGUN.length() + ofFirst);

        long connectedBefore = connections(pair.first()) + connections(pair.second());
        broker.start();
        // How long the way to the broker takes is a matter of the pauses between two tries.
        Rig.await("both are connected again")
                .until(() -> connections(pair.first()) + connections(pair.second()) >= connectedBefore + 2);
        long began = System.nanoTime();
        int all = BEGUN.length() + ofFirst + ofSecond;
        Rig.await("all that was written").until(() -> length(pair.first()) == all && length(pair.second()) == all);
        long millis = Duration.ofNanos(System.nanoTime() - began).toMillis();
        System.out.println("offline: " + ofFirst + " and " + ofSecond + " edits merged " + millis
                + " ms after both were connected");
        String text = pair.first().text();
        assertThat(pair.second().text()).isEqualTo(text);
        assertThat(text.chars().filter(c -> c == 'a').count()).isEqualTo(ofFirst);
        assertThat(pair.first().events("message")).as("questions to the person").isEmpty();
    }

    /** One key after another, each somewhere else. */
    private static boolean write(Driven editor, char key, int edits) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED + key);
        List<CompletableFuture<Integer>> written = new ArrayList<>();
        for (int edit = 0; edit < edits; edit++) {
            int at = random.nextInt(BEGUN.length() + edit + 1);
            written.add(editor.raw().insert(at, Character.toString(key)));
        }
        written.forEach(CompletableFuture::join);
        return true;
    }

    private static long connections(Driven editor) {
        return editor.events("connection").stream()
                .filter(Events.state("connected"))
                .count();
    }

    private static int length(Driven editor) {
        return editor.call("digest", Map.of()).get("length").getAsInt();
    }
}
