package dev.metalog.integration;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The built artefacts under test, as command lines. */
final class Product {
    /** The folder of the whole project. */
    static final Path ROOT =
            Path.of(System.getProperty("metalog.root", "..")).toAbsolutePath().normalize();

    private static final Path SERVER = ROOT.resolve("server/target/meta-log-server.jar");
    private static final Path EDITORS = ROOT.resolve("editor-clients/target/meta-log-editors.jar");

    private Product() {}

    /** The sidecar. */
    static List<String> serve() {
        return program(SERVER, "serve");
    }

    /** The same with an option for its Java. */
    static List<String> serve(String javaOption) {
        List<String> command = new ArrayList<>(serve());
        command.add(1, javaOption);
        return List.copyOf(command);
    }

    /** The embedded broker on a free port, which it prints. */
    static List<String> broker() {
        return program(SERVER, "broker", "--port", "0");
    }

    /** {@code meta-log blackboard …}. */
    static List<String> blackboard(String... arguments) {
        return command("blackboard", arguments);
    }

    /** {@code meta-log peers …}. */
    static List<String> peers(String... arguments) {
        return command("peers", arguments);
    }

    /** {@code meta-log send …}. */
    static List<String> send(String... arguments) {
        return command("send", arguments);
    }

    /** {@code meta-log status}. */
    static List<String> status() {
        return command("status");
    }

    /** Any command of the program. */
    static List<String> command(String name, String... arguments) {
        List<String> words = new ArrayList<>(List.of(name));
        words.addAll(List.of(arguments));
        return program(SERVER, words.toArray(String[]::new));
    }

    /** {@code meta-log identity …}. */
    static List<String> identity(String... arguments) {
        List<String> words = new ArrayList<>(List.of("identity"));
        words.addAll(List.of(arguments));
        return program(SERVER, words.toArray(String[]::new));
    }

    /** The headless editor. */
    static List<String> headless(List<String> options) {
        return headless(options, serve());
    }

    /** @param sidecar the command that starts its sidecar */
    static List<String> headless(List<String> options, List<String> sidecar) {
        List<String> command = new ArrayList<>(program(EDITORS, "headless"));
        command.addAll(options);
        command.add("--");
        command.addAll(sidecar);
        return List.copyOf(command);
    }

    private static List<String> program(Path jar, String... arguments) {
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(jar + " is not built: run ./mvnw -DskipTests package");
        }
        String java = System.getProperty("metalog.java", System.getProperty("java.home") + "/bin/java");
        List<String> command =
                new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-jar"));
        command.add(jar.toString());
        command.addAll(List.of(arguments));
        return List.copyOf(command);
    }
}
