package dev.metalog.integration;

import static dev.metalog.integration.Editors.eglot;
import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * LSP clients without a line of ours share and join by {@code workspace/executeCommand}, and type along. {@code -Dseed=N}
 * plays a seed again.
 */
final class StockClientIT {
    private static final int KEYS = 200;
    private static final int FIRST_SIGN = 0x9000;
    private static final String[] PIECES = {"", "a", "\n", "é", "😀", "שלום", "\t"};
    private static final long SEED = Long.getLong("seed", System.currentTimeMillis() % 1_000_000_000);

    @RegisterExtension
    private final Rig rig = new Rig();

    @ParameterizedTest
    @EnumSource
    void convergesWithOneOfOurs(StockClient.Reports reports) throws Exception {
        System.out.println("seed " + SEED);
        String broker = EmbeddedBroker.start(rig).url();
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker)));
        Seat seat = rig.seat("plain", broker);
        StockClient plain = StockClient.start(rig, seat, reports);
        plain.open(seat.file("plan.txt", "begun 😀\n"), "begun 😀\n");
        String invitation = plain.share();
        // Such a client shows no results, so a person could not hand it on otherwise.
        plain.session()
                .hears(
                        "the invitation to the person",
                        message -> message.get("method").getAsString().equals("window/showMessage")
                                && message.toString().contains(invitation));
        ada.join(invitation, ada.seat().workspace().resolve("plan.txt"));
        ada.waitForText("begun 😀\n");

        RandomTyping adas = new RandomTyping(ada, SEED, 0);
        List<Integer> expected = new ArrayList<>();
        List<Integer> plains = new ArrayList<>();
        Pair.atOnce(
                () -> {
                    plains.addAll(type(plain, KEYS));
                    return true;
                },
                () -> {
                    adas.insert(KEYS).codePoints().forEach(expected::add);
                    return true;
                });
        expected.addAll(plains);
        assertThat(plain.type(0, 0, "⟦plain is done⟧")).isTrue();
        ada.insert(0, "⟦ada is done⟧");
        ada.waitForContains("⟦plain is done⟧");
        Rig.await("the plain client shows what ada typed")
                .until(() -> plain.text().contains("⟦ada is done⟧"));

        Rig.await("both show one text")
                .untilAsserted(() -> assertThat(plain.text()).isEqualTo(ada.text()));
        assertThat(plain.text()
                        .codePoints()
                        .filter(key -> RandomTyping.isSign(key) || (key >= FIRST_SIGN && key < FIRST_SIGN + KEYS))
                        .boxed()
                        .toList())
                .as("every key once (seed %d)", SEED)
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(plain.applied()).isPositive();
        assertThat(plain.uncalledFor()).isZero();
        if (reports == StockClient.Reports.WHEN_IDLE) {
            assertThat(plain.refused()).as("edits that came too late").isPositive();
        }
        assertThat(plain.session().leave()).isZero();
    }

    @Test
    void joinsSavesClosesComesBackAndLeaves() throws Exception {
        String broker = EmbeddedBroker.start(rig).url();
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker)));
        ada.open(ada.seat().file("plan.txt", "ada's text\n"));
        String invitation = ada.share();

        Seat seat = rig.seat("plain", broker);
        StockClient plain = StockClient.start(rig, seat, StockClient.Reports.AT_ONCE);
        Path file = seat.workspace().resolve("plan.txt");
        plain.open(file, "");
        JsonObject joined = plain.join(invitation);
        assertThat(joined.get("arrived").getAsBoolean()).isTrue();
        awaitText(plain, "ada's text\n");
        plain.save();
        assertThat(plain.type(0, 0, "one, ")).isTrue();
        ada.waitForText("one, ada's text\n");

        plain.closeDocument();
        int applied = plain.applied();
        ada.insert(0, "while it was closed, ");
        ada.insert(0, "twice, ");
        RawSession.result(plain.execute("meta-log.status"));
        assertThat(plain.applied()).isEqualTo(applied);

        // From disk, where it was saved before the last words.
        plain.open(file, "ada's text\n");
        awaitText(plain, "twice, while it was closed, one, ada's text\n");
        assertThat(ada.text()).isEqualTo("twice, while it was closed, one, ada's text\n");

        RawSession.result(plain.execute("meta-log.leave", file.toUri().toString()));
        ada.insert(0, "unheard, ");
        assertThat(plain.type(0, 0, "alone, ")).isTrue();
        RawSession.result(plain.execute("meta-log.status"));
        assertThat(plain.text()).isEqualTo("alone, twice, while it was closed, one, ada's text\n");
        assertThat(plain.uncalledFor()).isZero();
        assertThat(plain.session().leave()).isZero();
    }

    @Test
    void isToldWhenItRefusesEverythingAndLosesNothing() throws Exception {
        String broker = EmbeddedBroker.start(rig).url();
        Driven ada = rig.keep(headless().start(rig.seat("ada", broker)));
        Seat seat = rig.seat("plain", broker);
        StockClient plain = StockClient.start(rig, seat, StockClient.Reports.AT_ONCE);
        plain.open(seat.file("plan.txt", "read only\n"), "read only\n");
        ada.join(plain.share(), ada.seat().workspace().resolve("plan.txt"));
        ada.waitForText("read only\n");
        plain.refuse(true);
        ada.insert(0, "not yet ");
        JsonObject told = plain.session()
                .hears(
                        "that edits are refused",
                        message -> message.get("method").getAsString().equals("window/showMessage")
                                && message.toString().contains("refuses"));
        assertThat(told.getAsJsonObject("params").get("message").getAsString())
                .as("where, why, what to do")
                .contains("plan.txt", "read-only", "nothing is lost");
        assertThat(plain.text()).isEqualTo("read only\n");
        assertThat(plain.refused()).as("asked again, and not without end").isBetween(2, 200);
        plain.refuse(false);
        awaitText(plain, "not yet read only\n");
        assertThat(plain.session().leave()).isZero();
    }

    /** Emacs' own LSP client. */
    @ParameterizedTest
    @ValueSource(strings = {"emacs", "emacs30"})
    void eglotSharesAndTypesAlong(String program) throws Exception {
        Pair pair = Pair.start(rig, EmbeddedBroker.start(rig).url(), eglot(program), headless());
        pair.share("plan.txt", "begun 😀\n");
        pair.second().insert(0, "remote, ");
        pair.first().waitForText("remote, begun 😀\n");
        pair.first().insert(0, "typed, ");
        pair.second().waitForText("typed, remote, begun 😀\n");
        typeAndConverge(pair);
    }

    @ParameterizedTest
    @ValueSource(strings = {"emacs", "emacs30"})
    void eglotJoins(String program) throws Exception {
        Pair pair = Pair.start(rig, EmbeddedBroker.start(rig).url(), headless(), eglot(program));
        pair.share("plan.txt", "begun 😀\n");
        pair.second().insert(9, "typed\n");
        pair.first().waitForText("begun 😀\ntyped\n");
        typeAndConverge(pair);
    }

    private static void typeAndConverge(Pair pair) throws Exception {
        System.out.println("seed " + SEED);
        RandomTyping ones = new RandomTyping(pair.first(), SEED, 0);
        RandomTyping others = new RandomTyping(pair.second(), SEED, 1);
        Pair.atOnce(
                () -> {
                    ones.edit(KEYS);
                    return true;
                },
                () -> {
                    others.edit(KEYS);
                    return true;
                });
        pair.meet();
        Driven.assertConverged(pair.first(), pair.second());
        Pair.assertNothingTwice(pair.first().text());
    }

    /** Types signs that nobody else types, each with something after it; returns the signs. */
    private static List<Integer> type(StockClient plain, int count) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Integer> typed = new ArrayList<>();
        while (typed.size() < count) {
            int sign = FIRST_SIGN + typed.size();
            String piece = PIECES[random.nextInt(PIECES.length)];
            if (plain.type(random.nextInt(plain.length() + 1), 0, Character.toString(sign) + piece)) {
                typed.add(sign);
                // At a pace that leaves the others' edits a chance: a status is answered in its turn.
                if (typed.size() % 4 == 0) {
                    askForStatus(plain);
                }
            }
        }
        return typed;
    }

    private static void askForStatus(StockClient plain) {
        try {
            RawSession.result(plain.execute("meta-log.status"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void awaitText(StockClient plain, String text) {
        Rig.await("the plain client shows " + text)
                .untilAsserted(() -> assertThat(plain.text()).isEqualTo(text));
    }
}
