package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Editors wait for the sidecar to start: nothing of Netty is loaded before somebody listens or dials. */
@Timeout(60)
class LazyStartTest {
    /** What a sidecar does before it has a link; then, if it is told to, listens. */
    public static void main(String[] arguments) throws InterruptedException {
        Club club = new Club();
        Witness heard = new Witness();
        try (DirectLinks links = new DirectLinks(new DirectSettings(0, true), club.doormanOf(club.member()), heard)) {
            links.subscribe("t/x");
            System.out.println("published to " + links.publish("t/x", new byte[1], true) + ", links " + links.links());
            new DirectAddress("::1", 1);
            links.unsubscribe("t/x");
            if (arguments.length > 0) {
                links.listen();
                while (heard.addresses == null) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            }
        }
    }

    private static List<String> loaded(String... arguments) throws IOException, InterruptedException {
        List<String> command = new java.util.ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:stdout",
                "-cp",
                System.getProperty("java.class.path"),
                LazyStartTest.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            lines = out.lines().toList();
        }
        assertThat(process.waitFor()).isZero();
        return lines;
    }

    @Test
    void nothingOfNettyIsLoadedBeforeItIsNeeded() throws Exception {
        assertThat(loaded())
                .anyMatch(line -> line.contains("published to 0, links []"))
                .anyMatch(line -> line.contains("DirectLinks"))
                .noneMatch(line -> line.contains("io.netty."));
        assertThat(loaded("listen")).anyMatch(line -> line.contains("io.netty."));
    }
}
