package dev.metalog.server.editor;

import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.editor.InitializeAnswer.AskAgain;
import dev.metalog.server.editor.InitializeAnswer.Forward;
import dev.metalog.server.editor.InitializeAnswer.Refuse;
import dev.metalog.server.editor.InitializeAnswer.Serve;
import dev.metalog.server.editor.LspMessages.InitializeParams;
import dev.metalog.server.editor.attach.Guest;
import dev.metalog.server.editor.frame.BadMessage;
import dev.metalog.server.editor.frame.FrameReader;
import dev.metalog.server.editor.frame.FramingLost;
import dev.metalog.server.editor.frame.Heading;
import dev.metalog.server.editor.frame.HeadingReader;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.lsp4j.jsonrpc.RemoteEndpoint;
import org.eclipse.lsp4j.jsonrpc.json.JsonRpcMethod;
import org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler;
import org.eclipse.lsp4j.jsonrpc.messages.CancelParams;
import org.eclipse.lsp4j.jsonrpc.messages.Message;
import org.eclipse.lsp4j.jsonrpc.messages.NotificationMessage;
import org.eclipse.lsp4j.jsonrpc.messages.RequestMessage;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseMessage;

/**
 * The incoming half of a conversation: reads message after message and decides, by what was said before, who gets it.
 *
 * <pre>
 *        Refuse
 *        ┌───┐
 *        │   ▼
 *   AWAITING_INITIALIZE ── Serve ──▶ SERVING ── shutdown ──▶ SHUT_DOWN
 *        │        │                     │                        │
 *        │        └── Forward ──▶ FORWARDING                     │
 *        │                              │                        │
 *        └──────── exit, end of input, framing lost, closed ─────┴──▶ ENDED
 * </pre>
 *
 * A message that cannot be used costs one error reply, or one line in the log when it asked for none.
 */
final class Conversation {
    private enum State {
        AWAITING_INITIALIZE,
        SERVING,
        SHUT_DOWN,
        FORWARDING,
        ENDED
    }

    /** How often it is asked who has the workspace, while the door of whoever has it is changing or not open yet. */
    private static final int ATTEMPTS_TO_FORWARD = 20;

    private static final int PAUSE_MILLIS = 50;

    private final FrameReader frames;
    private final Map<String, JsonRpcMethod> methods;
    private final MessageJsonHandler json;
    private final MessageParser parser;
    private final Outbox outbox;
    private final Replies replies;
    private final ListenerEndpoint listenerEndpoint;
    private final EditorListener listener;
    private final Session session;
    private final Consumer<EndReason> ended;
    private final boolean mayForward;
    private final SessionLog log;

    /** Held while a message is handled, so that nothing is handled after the end. */
    private final ReentrantLock turn = new ReentrantLock();

    private final Object endpointLock = new Object();

    private State state = State.AWAITING_INITIALIZE;

    private RequestGate gate;

    private RemoteEndpoint endpoint;
    private volatile Forwarder forwarder;
    private boolean shutdownWasForwarded;
    private volatile boolean served;
    private volatile ProcessHandle client;

    /** @param ended told why the conversation is over; the first reason counts */
    Conversation(
            FrameReader frames,
            Outbox outbox,
            EditorListener listener,
            boolean mayForward,
            Consumer<EndReason> ended,
            SessionLog log) {
        this.frames = frames;
        this.outbox = outbox;
        this.listener = listener;
        this.mayForward = mayForward;
        this.ended = ended;
        this.log = log;
        this.methods = LspMethods.forInitialize();
        this.json = new MessageJsonHandler(methods, gson -> gson.disableHtmlEscaping());
        this.parser = new MessageParser(json);
        this.replies = new Replies(json, outbox, log);
        this.listenerEndpoint = new ListenerEndpoint(listener, log);
        this.session = new Session(this::endpoint, json, outbox, ended, log);
    }

    /** Made behind the first reply, because LSP4J's endpoint brings all of Java's logging with it. */
    private RemoteEndpoint endpoint() {
        synchronized (endpointLock) {
            if (endpoint == null) {
                endpoint = new RemoteEndpoint(replies, listenerEndpoint, new Refusals(log));
                json.setMethodProvider(endpoint);
            }
            return endpoint;
        }
    }

    Session session() {
        return session;
    }

    /** Whether the listener answered {@code initialize} with {@code Serve}. */
    boolean served() {
        return served;
    }

    /** Whether the editor's process was there when it said hello and is gone now. */
    boolean clientDied() {
        ProcessHandle watched = client;
        return watched != null && !watched.isAlive();
    }

    /** A process that cannot be seen is not watched: an editor may live in another container. */
    private void watchClient(InitializeInfo info) {
        if (info.clientProcessId() != null && info.clientProcessId() > 0) {
            client = ProcessHandle.of(info.clientProcessId()).orElse(null);
        }
    }

    /** Reads until the end. The only thread that calls the listener. */
    void read() {
        EndReason reason = EndReason.END_OF_INPUT;
        try {
            boolean more = true;
            while (more) {
                more = readOne();
            }
        } catch (FramingLost e) {
            reason = EndReason.FRAMING_LOST;
            log.warn("The editor's messages cannot be told apart any more: " + e.getMessage()
                    + ". Ending, so that the editor starts this program again.");
        } catch (IOException e) {
            log.warn("Reading from the editor ended: " + e.getMessage());
        } finally {
            end(reason);
        }
    }

    /** @return whether there may be more */
    private boolean readOne() throws IOException, FramingLost {
        Heading heading;
        String body;
        try {
            body = frames.next();
            if (body == null) {
                return false;
            }
            heading = HeadingReader.read(body);
        } catch (BadMessage e) {
            log.warn(e.getMessage());
            replies.error(e.id(), e.code(), e.getMessage());
            return true;
        }
        turn.lock();
        try {
            handle(heading, body);
            return state != State.ENDED;
        } catch (RuntimeException | LinkageError | AssertionError e) {
            log.defect("The sidecar failed on a message.", e);
            if (heading.kind() == Heading.Kind.REQUEST) {
                replies.error(
                        heading.id(),
                        ResponseErrorCode.InternalError.getValue(),
                        "The sidecar failed on this request, which is a defect in it: " + e);
            }
            return true;
        } finally {
            turn.unlock();
        }
    }

    /** After this returned true, no handler of the listener is running or will run. */
    boolean close(long timeoutMillis) throws InterruptedException {
        // First, because a reader that passes messages on may hold its turn for as long as the host does not read.
        if (forwarder != null) {
            forwarder.close();
        }
        if (!turn.tryLock(timeoutMillis, TimeUnit.MILLISECONDS)) {
            return false;
        }
        try {
            become(State.ENDED);
            return true;
        } finally {
            turn.unlock();
        }
    }

    private void become(State next) {
        if (state != State.ENDED) {
            state = next;
        }
    }

    private void end(EndReason reason) {
        turn.lock();
        try {
            become(State.ENDED);
        } finally {
            turn.unlock();
        }
        ended.accept(reason);
    }

    private void handle(Heading heading, String body) {
        if (state == State.ENDED) {
            return;
        }
        if (state == State.FORWARDING) {
            forward(heading, body);
            return;
        }
        switch (heading.kind()) {
            case REQUEST -> request(heading, body);
            case NOTIFICATION -> notification(heading, body);
            case RESPONSE -> response(heading, body);
        }
    }

    private void forward(Heading heading, String body) {
        if (isExit(heading)) {
            forwarder.sendLast(body);
            end(shutdownWasForwarded ? EndReason.SHUTDOWN_AND_EXIT : EndReason.EXIT_WITHOUT_SHUTDOWN);
            return;
        }
        forwarder.send(body);
        if (LspMethods.SHUTDOWN.equals(heading.method()) && heading.kind() == Heading.Kind.REQUEST) {
            shutdownWasForwarded = true;
        }
    }

    private static boolean isExit(Heading heading) {
        return LspMethods.EXIT.equals(heading.method()) && heading.kind() == Heading.Kind.NOTIFICATION;
    }

    // Requests

    private void request(Heading heading, String body) {
        String method = heading.method();
        if (state == State.SHUT_DOWN) {
            refuse(heading, EditorError.NOT_READY, method + " came after shutdown; only exit may follow.");
        } else if (method.equals(LspMethods.INITIALIZE)) {
            initialize(heading, body);
        } else if (state == State.AWAITING_INITIALIZE) {
            refuse(heading, EditorError.NOT_READY, method + " came before initialize. Send initialize first.");
        } else if (method.equals(LspMethods.SHUTDOWN)) {
            become(State.SHUT_DOWN);
            replies.result(heading.id(), null);
        } else {
            gate.admit(heading, body);
        }
    }

    private void refuse(Heading heading, EditorError error, String message) {
        replies.error(heading.id(), error.code(), message);
    }

    // The beginning

    private void initialize(Heading heading, String body) {
        if (state != State.AWAITING_INITIALIZE) {
            replies.error(
                    heading.id(),
                    ResponseErrorCode.InvalidRequest.getValue(),
                    "initialize was answered already; a session has one.");
            return;
        }
        try {
            RequestMessage request = (RequestMessage) parser.parse(body, heading.method());
            InitializeInfo info = InitializeForm.read((InitializeParams) request.getParams(), json.getGson());
            begin(heading, body, info, ATTEMPTS_TO_FORWARD);
        } catch (EditorRefusal e) {
            refuse(heading, e.error(), e.getMessage());
        }
    }

    private void begin(Heading heading, String body, InitializeInfo info, int attempts) {
        listener.initialize(session, info).dispatch(new InitializeAnswer.Handler<Void>() {
            @Override
            public Void serve(Serve serve) {
                startServing(heading, info, serve);
                return null;
            }

            @Override
            public Void forward(Forward forward) {
                startForwarding(heading, body, info, forward, attempts);
                return null;
            }

            @Override
            public Void askAgain(AskAgain later) {
                if (attempts == 1) {
                    Conversation.this.refuse(heading, EditorError.WORKSPACE_BUSY, later.message());
                } else {
                    beginAgain(heading, body, info, attempts - 1);
                }
                return null;
            }

            @Override
            public Void refuse(Refuse refuse) {
                Conversation.this.refuse(heading, refuse.error(), refuse.message());
                return null;
            }
        });
    }

    private void beginAgain(Heading heading, String body, InitializeInfo info, int attempts) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
        begin(heading, body, info, attempts);
    }

    private void startServing(Heading heading, InitializeInfo info, Serve serve) {
        listenerEndpoint.open(session);
        served = true;
        become(State.SERVING);
        replies.result(heading.id(), InitializeForm.answer(info.positionEncoding(), serve.capability()));
        LspMethods.learnTheRest(methods);
        gate = new RequestGate(methods, parser, replies, endpoint());
        watchClient(info);
    }

    private void startForwarding(Heading heading, String body, InitializeInfo info, Forward forward, int attempts) {
        try {
            if (!mayForward) {
                throw new IOException("it would have to pass the messages on once more");
            }
            forwarder = new Forwarder(Guest.enter(forward.socket(), forward.token()), outbox, ended, log);
        } catch (Guest.DoorChangedException e) {
            if (attempts == 1) {
                refuseForwarding(heading, info, forward, e);
                return;
            }
            // One that was killed has just been started again, or has just ended: then we may be the next to have it.
            beginAgain(heading, body, info, attempts - 1);
            return;
        } catch (IOException e) {
            refuseForwarding(heading, info, forward, e);
            return;
        }
        become(State.FORWARDING);
        forwarder.start();
        forwarder.send(body);
        watchClient(info);
    }

    private void refuseForwarding(Heading heading, InitializeInfo info, Forward forward, IOException why) {
        refuse(
                heading,
                EditorError.WORKSPACE_BUSY,
                "Another meta-log of this machine has the workspace " + info.workspaceUri()
                        + " and could not be reached at " + forward.socket() + ": " + why.getMessage()
                        + ". Wait until it ended, or end it, and start again.");
    }

    // Notifications

    private void notification(Heading heading, String body) {
        String method = heading.method();
        if (isExit(heading)) {
            end(state == State.SHUT_DOWN ? EndReason.SHUTDOWN_AND_EXIT : EndReason.EXIT_WITHOUT_SHUTDOWN);
        } else if (method.equals(LspMethods.CANCEL)) {
            cancel(heading, body);
        } else if (state != State.SERVING) {
            log.warn(method + " was ignored: it came before initialize or after shutdown.");
        } else if (methods.containsKey(method) && methods.get(method).isNotification()) {
            hand(heading, body);
        } else if (!method.startsWith("$/")) {
            log.warn("An unknown notification was ignored: " + method);
        }
    }

    private void hand(Heading heading, String body) {
        try {
            endpoint().consume(parser.parse(body, heading.method()));
        } catch (EditorRefusal e) {
            log.warn("A notification was ignored: " + e.getMessage());
            String uri =
                    heading.method().equals(LspMethods.DID_CHANGE) ? MessageParser.documentUri(heading.params()) : null;
            if (uri != null) {
                listener.changeUnreadable(session, uri, e.getMessage());
            }
        }
    }

    /** A request that was answered in the meantime is no reason for a word. */
    private void cancel(Heading heading, String body) {
        try {
            Message message = parser.parse(body, heading.method());
            Object params = ((NotificationMessage) message).getParams();
            if (params instanceof CancelParams cancel && replies.isUnanswered(String.valueOf(cancel.getId()))) {
                endpoint().consume(message);
            }
        } catch (EditorRefusal e) {
            log.warn("A notification was ignored: " + e.getMessage());
        }
    }

    // Responses

    private void response(Heading heading, String body) {
        String key = Replies.key(heading.id());
        if (state == State.AWAITING_INITIALIZE || endpoint().resolveMethod(key) == null) {
            log.warn("A response to no request of ours was ignored; its id is " + heading.id());
            return;
        }
        Message message;
        try {
            message = parser.parse(body, "the answer");
        } catch (EditorRefusal e) {
            // The edit that waits for this answer must hear that it failed.
            ResponseMessage failed = new ResponseMessage();
            failed.setId(key);
            failed.setError(new ResponseError(ResponseErrorCode.InvalidRequest, e.getMessage(), null));
            message = failed;
        }
        endpoint().consume(message);
    }
}
