package dev.metalog.editorclients.sidecar;

import dev.metalog.editorclients.text.PositionEncoding;
import dev.metalog.protocol.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.InitializedParams;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.Either;

/**
 * One run of a sidecar, from {@code initialize} to its end.
 *
 * <p>Everything sent goes through the {@link Outbox}, so messages leave in the order they were handed over, and no thread
 * that matters ever blocks on a sidecar that does not read.
 */
public final class SidecarSession implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SidecarSession.class.getName());
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final int MERGE_ABOVE = 64;
    private static final Duration FAREWELL = Duration.ofSeconds(3);

    private final SidecarChannel channel;
    private final Sidecar sidecar;
    private final Outbox outbox;
    private final ExecutorService reader;
    private final Map<Long, CompletableFuture<?>> unanswered = new ConcurrentHashMap<>();
    private final AtomicLong asked = new AtomicLong();
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private PositionEncoding encoding = PositionEncoding.UTF_16;
    private boolean fullText;

    private SidecarSession(SidecarChannel channel, SidecarListener listener) {
        this.channel = channel;
        outbox = new Outbox("to-sidecar");
        reader = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "from-sidecar");
            thread.setDaemon(true);
            return thread;
        });
        Launcher<Sidecar> launcher = new Launcher.Builder<Sidecar>()
                .setLocalService(listener)
                .setRemoteInterface(Sidecar.class)
                .setInput(channel.fromSidecar())
                .setOutput(channel.toSidecar())
                .setExecutorService(reader)
                .create();
        sidecar = launcher.getRemoteProxy();
        Future<Void> unusedEnd = launcher.startListening();
        // The reader has one thread, so this runs when the sidecar has said its last word.
        reader.execute(() -> afterLastWord());
        CompletableFuture<Integer> unusedExit =
                channel.exit().whenComplete((code, failure) -> onExit(failure == null ? code : -1));
    }

    /**
     * Opens the conversation with a sidecar that has just been started.
     *
     * @param timeout how long {@code initialize} may take
     * @throws SidecarException when it was refused or not answered; the sidecar has been ended then
     */
    public static SidecarSession open(
            SidecarChannel channel, SidecarListener listener, InitializeParams params, Duration timeout)
            throws SidecarException {
        SidecarSession session = new SidecarSession(channel, listener);
        try {
            InitializeResult result = session.await(session.request(to -> to.initialize(params)), timeout);
            session.agree(result);
        } catch (SidecarException e) {
            session.abandon();
            throw e;
        }
        session.tell(to -> to.initialized(new InitializedParams()), 0);
        return session;
    }

    /** What a column's unit is in this session. */
    public PositionEncoding encoding() {
        return encoding;
    }

    /** Whether the sidecar asked for the whole text with every change. */
    public boolean fullText() {
        return fullText;
    }

    /** Does something in its turn: after what was handed over before it was sent, and no earlier than the delay. */
    public void inTurn(Runnable action, long delayNanos) {
        outbox.add(action::run, delayNanos);
    }

    /** Completed with the sidecar's exit code when it has ended. */
    public CompletableFuture<Integer> ended() {
        return ended;
    }

    /** Sends a notification in its turn. */
    public void tell(Consumer<Sidecar> notification, long delayNanos) {
        outbox.add(() -> notification.accept(sidecar), delayNanos);
    }

    /**
     * Sends {@code didChange} in its turn. While it waits, it takes in the document's next changes if the client lags, or
     * if so much waits already that the sidecar cannot be reading.
     *
     * @param whole the text after the changes
     * @param delayNanos how long it is held back
     */
    public void report(
            String uri,
            int version,
            List<TextDocumentContentChangeEvent> changes,
            Supplier<String> whole,
            long delayNanos) {
        boolean mayMerge = delayNanos > 0 || outbox.size() > MERGE_ABOVE;
        if (mayMerge
                && outbox.offerToNewest(
                        item -> item instanceof ChangeReport waiting && waiting.takeIn(uri, version, changes, whole))) {
            return;
        }
        outbox.add(new ChangeReport(sidecar, uri, version, changes), delayNanos);
    }

    /**
     * Sends a request in its turn; what waits before it is sent at once.
     *
     * @return fails with a {@link SidecarException} when the sidecar refuses, ends, or is silent for 30 s
     */
    public <T> CompletableFuture<T> request(Function<Sidecar, CompletableFuture<T>> call) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        if (outbox.size() >= Limits.EDITOR_OUTBOX_MESSAGES) {
            answer.completeExceptionally(new SidecarException(
                    0, Limits.EDITOR_OUTBOX_MESSAGES + " messages wait for the sidecar, which does not read", null));
            return answer;
        }
        Long number = asked.incrementAndGet();
        unanswered.put(number, answer);
        CompletableFuture<T> unused = answer.orTimeout(REQUEST_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((value, failure) -> unanswered.remove(number));
        outbox.add(() -> send(call, answer), 0);
        outbox.release();
        if (ended.isDone()) {
            answer.completeExceptionally(gone(ended.getNow(-1)));
        }
        return answer;
    }

    private <T> void send(Function<Sidecar, CompletableFuture<T>> call, CompletableFuture<T> answer) {
        CompletableFuture<T> unused = call.apply(sidecar).whenComplete((value, failure) -> {
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(explain(failure));
            }
        });
    }

    /** Waits for an answer on a thread that may wait. */
    public <T> T await(CompletableFuture<T> answer, Duration timeout) throws SidecarException {
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw explain(e.getCause());
        } catch (TimeoutException e) {
            throw explain(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SidecarException(0, "interrupted while waiting for the sidecar", e);
        }
    }

    /** The same failure as a {@link SidecarException}. */
    public static SidecarException explain(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof SidecarException known) {
            return known;
        }
        if (cause instanceof ResponseErrorException refusal) {
            var error = refusal.getResponseError();
            return new SidecarException(error.getCode(), error.getMessage(), refusal);
        }
        if (cause instanceof TimeoutException) {
            return new SidecarException(0, "the sidecar did not answer in time", cause);
        }
        return new SidecarException(0, "the request failed: " + cause, cause);
    }

    /** Says {@code shutdown} and {@code exit}, and ends the sidecar by force when it stays for 3 s. */
    @Override
    public void close() {
        if (!ended.isDone()) {
            try {
                await(request(Sidecar::shutdown), FAREWELL);
                tell(Sidecar::exit, 0);
                ended.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (SidecarException | ExecutionException | TimeoutException e) {
                LOG.log(Level.WARNING, "the sidecar did not leave when asked, so it is ended", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        abandon();
    }

    private void agree(InitializeResult result) throws SidecarException {
        var capabilities = result.getCapabilities();
        String named = capabilities.getPositionEncoding();
        if (named != null) {
            encoding = PositionEncoding.ofWireName(named)
                    .orElseThrow(() ->
                            new SidecarException(0, "the sidecar answered with position encoding " + named, null));
        }
        Either<TextDocumentSyncKind, TextDocumentSyncOptions> sync = capabilities.getTextDocumentSync();
        if (sync != null) {
            TextDocumentSyncKind kind =
                    sync.isLeft() ? sync.getLeft() : sync.getRight().getChange();
            fullText = kind == TextDocumentSyncKind.Full;
        }
    }

    private void afterLastWord() {
        try {
            ended.get(FAREWELL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warning("the sidecar closed its output and did not end; it is ended now");
            channel.kill();
        } catch (ExecutionException e) {
            throw new IllegalStateException("ended is never completed exceptionally", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            channel.toSidecar().close();
        } catch (IOException e) {
            LOG.log(Level.FINE, "the stream to a sidecar that has ended", e);
        }
    }

    private void onExit(int code) {
        outbox.close();
        ended.complete(code);
        for (CompletableFuture<?> answer : unanswered.values()) {
            answer.completeExceptionally(gone(code));
        }
    }

    private static SidecarException gone(int code) {
        return new SidecarException(0, "the sidecar ended with code " + code + " before it answered", null);
    }

    private void abandon() {
        outbox.close();
        channel.kill();
        reader.shutdown();
    }
}
