package dev.metalog.server.trace.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Another library in a process of its own, which answers line by line. A run that takes too long ends the process; the
 * next operation starts another, unless it is hopeless: most operations need the same input to be made ready first.
 */
final class PeerProcess implements Contender {
    /** Answers are a number or a short reason. */
    private static final int ANSWER_CHARS = 4_096;

    private static final String ENDED = "";
    /** Operations that took too long before the others are not tried any more. */
    private static final int PATIENCE = 2;

    private final String name;
    private final List<String> command;
    private final Path folder;
    private final Path traceFile;
    private final int limitSeconds;
    private final ObjectMapper json = new ObjectMapper();

    private int timeouts;
    private Process process;
    private BlockingQueue<String> answers;

    /** @param command the program and its arguments, started in the folder */
    PeerProcess(String name, List<String> command, Path folder, Path traceFile, int limitSeconds) {
        this.name = name;
        this.command = List.copyOf(command);
        this.folder = folder;
        this.traceFile = traceFile;
        this.limitSeconds = limitSeconds;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Reading run(Operation operation) throws RunFailedException {
        if (timeouts == PATIENCE) {
            throw new RunFailedException(
                    "not tried: " + PATIENCE + " operations before took more than " + limitSeconds + " s");
        }
        if (process == null) {
            start();
            ask(Map.of("do", "load", "file", traceFile.toString()));
        }
        JsonNode answer = ask(Map.of("do", "run", "operation", operation.word()));
        if (!answer.path("value").isNumber()) {
            throw new RunFailedException("it answered without a value: " + answer);
        }
        JsonNode tail = answer.path("tail");
        return new Reading(
                answer.get("value").asDouble(),
                tail.isNumber() ? tail.asDouble() : Double.NaN,
                answer.path("differs").asBoolean());
    }

    private void start() throws RunFailedException {
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new RunFailedException("it could not be started: " + e.getMessage(), e);
        }
        BlockingQueue<String> lines = new ArrayBlockingQueue<>(4);
        answers = lines;
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Thread reader = new Thread(() -> read(out, lines), "answers of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** One answer to each request, so a full queue means that the process talks nonsense: it is not read any further. */
    private static void read(BufferedReader out, BlockingQueue<String> lines) {
        try {
            for (String line = out.readLine(); line != null && line.length() <= ANSWER_CHARS; line = out.readLine()) {
                if (!lines.offer(line)) {
                    return;
                }
            }
        } catch (IOException e) {
            // The process was ended, or its output is broken; both are its end for who waits.
        }
        lines.offer(ENDED);
    }

    private JsonNode ask(Map<String, String> request) throws RunFailedException {
        String answer;
        try {
            OutputStream in = process.getOutputStream();
            in.write((json.writeValueAsString(request) + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            answer = answers.poll(limitSeconds, TimeUnit.SECONDS);
        } catch (IOException e) {
            close();
            throw new RunFailedException("its process ended", e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted", e);
        }
        if (answer == null) {
            timeouts++;
            close();
            throw new RunFailedException("it took more than " + limitSeconds + " s, making its input ready included");
        }
        if (answer.equals(ENDED)) {
            close();
            throw new RunFailedException("its process ended");
        }
        return parsed(answer);
    }

    private JsonNode parsed(String answer) throws RunFailedException {
        JsonNode node;
        try {
            node = json.readTree(answer);
        } catch (IOException e) {
            close();
            throw new RunFailedException("it answered with what is no JSON", e);
        }
        if (node.has("failed")) {
            throw new RunFailedException(node.get("failed").asText());
        }
        return node;
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
            process = null;
        }
    }
}
