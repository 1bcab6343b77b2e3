package dev.metalog.server.editor;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The other end of a shell under test: writes bytes, reads frames with a reader that shares no code with the shell. */
final class TestEditor implements AutoCloseable {
    static final long PATIENCE_MILLIS = 10_000;

    private final OutputStream toShell;
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<EndReason> end = new CompletableFuture<>();

    private TestEditor(OutputStream toShell, InputStream fromShell) {
        this.toShell = toShell;
        daemon(() -> readFrames(fromShell));
    }

    /** Starts a shell with this listener and talks to it. */
    static TestEditor with(EditorListener listener) throws IOException {
        Pipe input = Pipe.open();
        Pipe output = Pipe.open();
        TestEditor editor =
                new TestEditor(Channels.newOutputStream(input.sink()), Channels.newInputStream(output.source()));
        InputStream shellIn = Channels.newInputStream(input.source());
        OutputStream shellOut = Channels.newOutputStream(output.sink());
        daemon(() -> {
            try {
                editor.end.complete(EditorShell.serve(shellIn, shellOut, listener));
            } catch (InterruptedException | RuntimeException e) {
                editor.end.completeExceptionally(e);
            }
        });
        return editor;
    }

    /** The same, with the shell's output going nowhere as fast as the given stream lets it. */
    static TestEditor with(EditorListener listener, OutputStream shellOut) throws IOException {
        Pipe input = Pipe.open();
        TestEditor editor = new TestEditor(Channels.newOutputStream(input.sink()), InputStream.nullInputStream());
        InputStream shellIn = Channels.newInputStream(input.source());
        daemon(() -> {
            try {
                editor.end.complete(EditorShell.serve(shellIn, shellOut, listener));
            } catch (InterruptedException | RuntimeException e) {
                editor.end.completeExceptionally(e);
            }
        });
        return editor;
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "test-editor");
        thread.setDaemon(true);
        thread.start();
    }

    void sendBytes(byte[] bytes) throws IOException {
        toShell.write(bytes);
        toShell.flush();
    }

    void send(String json) throws IOException {
        sendBytes(framed(json));
    }

    static byte[] framed(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.writeBytes(("Content-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        frame.writeBytes(body);
        return frame.toByteArray();
    }

    void endInput() throws IOException {
        toShell.close();
    }

    JsonObject receive() throws InterruptedException {
        String json = received.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (json == null) {
            throw new AssertionError("no message came from the shell within " + PATIENCE_MILLIS + " ms");
        }
        return JsonParser.parseString(json).getAsJsonObject();
    }

    EndReason awaitEnd() throws InterruptedException {
        try {
            return end.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the shell did not end as it should", e);
        }
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Whether the shell keeps going for that long. */
    boolean awaitNoEnd(long millis) throws InterruptedException {
        try {
            end.get(millis, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        } catch (ExecutionException e) {
            throw new AssertionError("the shell failed", e);
        }
    }

    private void readFrames(InputStream in) {
        try {
            while (true) {
                StringBuilder header = new StringBuilder();
                while (header.indexOf("\r\n\r\n") < 0) {
                    int b = in.read();
                    if (b < 0) {
                        return;
                    }
                    header.append((char) b);
                }
                String prefix = "Content-Length: ";
                if (!header.toString().startsWith(prefix)) {
                    received.add("{\"stray\":true}");
                    return;
                }
                int length = Integer.parseInt(header.substring(prefix.length(), header.indexOf("\r\n")));
                received.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            received.add("{\"readError\":true}");
        }
    }

    @Override
    public void close() throws IOException {
        toShell.close();
    }
}
