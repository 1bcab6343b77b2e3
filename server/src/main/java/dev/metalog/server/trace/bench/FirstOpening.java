package dev.metalog.server.trace.bench;

import dev.metalog.protocol.codec.DocumentCodec;
import dev.metalog.protocol.codec.MalformedDocumentException;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Opens a saved document as the first thing that a Java machine does, and tells how long it took from the bytes to the text:
 * whatever has to be loaded and linked for it is part of that, the start of the machine is not.
 */
final class FirstOpening {
    private static final int LIMIT_SECONDS = 60;

    private FirstOpening() {}

    /** In the fresh machine: {@code FirstOpening FILE} prints the nanoseconds and the text's hash code. */
    public static void main(String[] arguments) throws IOException, MalformedDocumentException {
        byte[] saved = Files.readAllBytes(Path.of(arguments[0]));
        long began = System.nanoTime();
        String text = DocumentCodec.readText(saved).text();
        long nanos = System.nanoTime() - began;
        System.out.println(nanos + " " + text.hashCode());
    }

    /** Starts another machine with the options of this one, and returns its milliseconds. */
    static double millis(byte[] saved, String text) throws RunFailedException {
        try {
            Path file = Files.createTempFile("meta-log-first", ".mdoc");
            try {
                Files.write(file, saved);
                return run(file, text);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new RunFailedException("a fresh Java machine could not be started: " + e.getMessage(), e);
        }
    }

    /** Where this and what it needs were loaded from: one and the same archive, or a folder each in a build. */
    private static String classPath() throws IOException {
        Set<String> places = new LinkedHashSet<>();
        for (Class<?> needed : List.of(FirstOpening.class, DocumentCodec.class)) {
            try {
                places.add(Path.of(needed.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI())
                        .toString());
            } catch (URISyntaxException e) {
                throw new IOException("The classes were not loaded from files.", e);
            }
        }
        return String.join(File.pathSeparator, places);
    }

    private static double run(Path file, String text) throws IOException, RunFailedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            // Such as the archive of loaded classes; an agent would be measured too.
            if (option.startsWith("-X")) {
                command.add(option);
            }
        }
        command.addAll(List.of("-cp", classPath(), FirstOpening.class.getName(), file.toString()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            String answer = new String(process.getInputStream().readNBytes(256), StandardCharsets.US_ASCII).trim();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0 || !answer.matches("\\d+ -?\\d+")) {
                throw new RunFailedException("a fresh Java machine did not open the document");
            }
            String[] parts = answer.split(" ");
            if (Integer.parseInt(parts[1]) != text.hashCode()) {
                throw new RunFailedException("it opened to another text than the recorded one");
            }
            return Long.parseLong(parts[0]) / 1e6;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }
}
