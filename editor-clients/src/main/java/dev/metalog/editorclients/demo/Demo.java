package dev.metalog.editorclients.demo;

import dev.metalog.editorclients.demo.DemoOptions.Kind;
import dev.metalog.editorclients.drive.DrivenEditor;
import dev.metalog.editorclients.drive.EditorStart;
import dev.metalog.editorclients.rig.Broker;
import dev.metalog.editorclients.rig.Emacs;
import dev.metalog.editorclients.rig.Latencies;
import dev.metalog.editorclients.rig.Scratch;
import dev.metalog.editorclients.rig.Seat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Plays the demonstration once and reports what came out of it. */
public final class Demo {
    private static final String FILE = "federated-rbac.canvasl";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final DemoOptions options;
    private final Narrator narrator;
    private final Scratch scratch;
    private final long beganNanos = System.nanoTime();
    private final List<Seat> seats = new CopyOnWriteArrayList<>();
    private String brokerName = "none";
    private List<String> editorNames = List.of();

    private Demo(DemoOptions options, Narrator narrator, Scratch scratch) {
        this.options = options;
        this.narrator = narrator;
        this.scratch = scratch;
    }

    /** Plays it in a folder of its own; nothing of it stays. */
    public static DemoReport play(DemoOptions options, Narrator narrator) throws IOException {
        try (Scratch scratch = Scratch.create("demo")) {
            Demo demo = new Demo(options, narrator, scratch);
            try {
                return demo.play();
            } catch (IOException e) {
                if (!scratch.isCutShort()) {
                    demo.showLogs();
                }
                return demo.report(0, new Latencies(1), null, e.getMessage());
            }
        }
    }

    private DemoReport play() throws IOException {
        Kind kind = chooseEditors();
        try (Broker broker = Broker.start()) {
            brokerName = "embedded " + broker.url();
            narrator.say("broker", "embedded MQTT broker on %s, ready after %.1f s", broker.url(), seconds());
            CompletableFuture<Person> starting = later(() -> start("Ada", kind, broker));
            Person ben = null;
            Person ada = null;
            try {
                ben = start("Ben", kind, broker);
                ada = await(starting);
                editorNames = List.of(ada.editor().name(), ben.editor().name());
                narrator.say(
                        "editors",
                        "Ada in %s, Ben in %s, each with a sidecar and an identity of its own; connected"
                                + " after %.1f s",
                        ada.editor().name(),
                        ben.editor().name(),
                        seconds());
                return typeTogether(ada, ben);
            } finally {
                closeBoth(ben, starting);
            }
        }
    }

    private Kind chooseEditors() throws IOException {
        if (options.editors() == Kind.HEADLESS) {
            return Kind.HEADLESS;
        }
        Optional<String> missing = Emacs.missing();
        if (missing.isEmpty()) {
            return Kind.EMACS;
        }
        if (options.editors() == Kind.EMACS) {
            throw new IOException(missing.get());
        }
        narrator.say("note", "%s, so the headless editor plays", missing.get());
        return Kind.HEADLESS;
    }

    private Person start(String name, Kind kind, Broker broker) throws IOException {
        Seat seat = Seat.in(scratch, name, broker.url());
        seats.add(seat);
        DrivenEditor editor = kind == Kind.EMACS ? Emacs.start(seat) : EditorStart.inThisProcess(seat.headless());
        await(editor.call("federate", Map.of()));
        return new Person(seat, editor);
    }

    private DemoReport typeTogether(Person ada, Person ben) throws IOException {
        Path file = ada.seat().workspace().resolve(FILE);
        try (InputStream original = Demo.class.getResourceAsStream(FILE)) {
            Files.copy(original, file);
        }
        await(ada.editor().open(file));
        long joinedNanos = System.nanoTime();
        String invitation = await(ada.editor().share());
        await(ben.editor().join(invitation, Optional.of(ben.seat().workspace().resolve(FILE))));
        await(ben.editor().waitForSha256(await(ada.editor().sha256()), PATIENCE));
        narrator.say(
                "file",
                "%s, %d bytes, shared by Ada; Ben joined and has all of it %.0f ms later",
                FILE,
                Files.size(file),
                (System.nanoTime() - joinedNanos) / 1e6);

        int length = await(ada.editor().text()).length();
        Latencies latencies = new Latencies(options.edits() * 2);
        narrator.say("typing", "%d random edits each, at the same time (seed %d)", options.edits(), options.seed());
        Typist first = new Typist(ada, ben, 0, options.seed(), length, latencies, narrator);
        Typist second = new Typist(ben, ada, 1, options.seed(), length, latencies, narrator);
        CompletableFuture<Boolean> typing = later(() -> {
            first.type(options.edits());
            return true;
        });
        second.type(options.edits());
        await(typing);

        String sha256 = settle(ada.editor(), ben.editor());
        DemoReport report = report(options.edits() * 2, latencies, sha256, null);
        narrator.say(
                "latency",
                "key to the other's buffer: p50 %.1f ms, p99 %.1f ms, over %d edits",
                report.latencyMillisP50(),
                report.latencyMillisP99(),
                report.measured());
        return report;
    }

    /** Waits until both show the same text, and compares the texts themselves. Null when they stay different. */
    private String settle(DrivenEditor ada, DrivenEditor ben) throws IOException {
        long deadlineNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadlineNanos) {
            String wanted = await(ada.sha256());
            boolean arrived = ben.waitForSha256(wanted, Duration.ofSeconds(1))
                    .handle((result, failure) -> failure == null)
                    .join();
            if (arrived) {
                String adaShows = await(ada.text());
                String benShows = await(ben.text());
                if (adaShows.equals(benShows)) {
                    narrator.say(
                            "texts", "equal: %d characters, sha256 %s…", adaShows.length(), wanted.substring(0, 16));
                    return wanted;
                }
            }
        }
        narrator.say("texts", "DIFFERENT, %d s after the last key", PATIENCE.toSeconds());
        showLogs();
        return null;
    }

    private DemoReport report(int edits, Latencies latencies, String sha256, String problem) {
        boolean measured = latencies.count() > 0;
        return new DemoReport(
                sha256 != null,
                edits,
                latencies.count(),
                measured ? latencies.percentileMillis(50) : null,
                measured ? latencies.percentileMillis(99) : null,
                brokerName,
                editorNames,
                options.seed(),
                sha256,
                Math.round(seconds() * 1e3) / 1e3,
                problem);
    }

    private double seconds() {
        return (System.nanoTime() - beganNanos) / 1e9;
    }

    private static void closeBoth(Person ben, CompletableFuture<Person> starting) {
        CompletableFuture<Void> closingAda =
                starting.handle((ada, failure) -> ada).thenAcceptAsync(ada -> close(ada));
        close(ben);
        closingAda.join();
    }

    private static void close(Person person) {
        if (person != null) {
            person.editor().close();
        }
    }

    private void showLogs() throws IOException {
        for (Seat seat : seats) {
            System.err.println("the end of " + seat.name() + "'s log:");
            seat.logEnd().forEach(System.err::println);
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    private static <T> CompletableFuture<T> later(Work<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(work.run());
                    } catch (IOException | RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                },
                "demo");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private static <T> T await(CompletableFuture<T> result) throws IOException {
        try {
            return result.get(PATIENCE.toMillis() * 4, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer after " + PATIENCE.toSeconds() * 4 + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
