package dev.metalog.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A driven Emacs whose driver vanishes without a word ends, with its sidecar, instead of waiting busily for ever. */
final class DriverEndIT {
    @RegisterExtension
    private final Rig rig = new Rig();

    static Stream<Arguments> endings() {
        return Stream.of("emacs", "emacs30")
                .flatMap(program -> Stream.of(0, -1).map(linger -> Arguments.of(program, linger)));
    }

    /** @param lingerSeconds 0 resets the connection, as when the driver is killed with unread lines; -1 closes it */
    @ParameterizedTest(name = "{0}, linger {1}")
    @MethodSource("endings")
    void endsWithItsDriver(String program, int lingerSeconds) throws Exception {
        String emacs = Tools.need(program, Editors.HOW_TO_GET.get(program));
        Seat seat = rig.seat("ada", "mqtt://127.0.0.1:" + Rig.freePort());
        Path folder = Product.ROOT.resolve("emacs");
        try (ServerSocket meeting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ProcessBuilder builder = new ProcessBuilder(
                            emacs,
                            "-Q",
                            "--batch",
                            "-L",
                            folder.toString(),
                            "-l",
                            folder.resolve("test/meta-log-driver.el").toString(),
                            "-f",
                            "meta-log-driver-main")
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(seat.log().toFile()));
            builder.environment().putAll(seat.environment());
            builder.environment().put("META_LOG_DRIVER_PORT", Integer.toString(meeting.getLocalPort()));
            builder.environment().put("META_LOG_WORKSPACE", seat.workspace().toString());
            builder.environment().put("META_LOG_COMMAND", String.join(" ", Product.serve()));
            Process process = builder.start();
            rig.keep(() -> process.destroyForcibly().onExit().join());
            meeting.setSoTimeout((int) Rig.PATIENCE.toMillis());
            try (Socket driver = meeting.accept()) {
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
                assertThat(lines.readLine()).contains("ready");
                String file = seat.file("plan.txt", "text").toString();
                for (String command : List.of(
                        "{\"id\":1,\"op\":\"open\",\"path\":\"" + file + "\"}",
                        "{\"id\":2,\"op\":\"share\"}",
                        "{\"id\":3,\"op\":\"waitFor\",\"text\":\"never\",\"timeoutMillis\":600000}")) {
                    driver.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
                }
                String said = lines.readLine();
                while (!said.contains("invitation")) {
                    said = lines.readLine();
                }
                driver.setSoLinger(lingerSeconds == 0, 0);
            }
            assertThat(process.waitFor(15, TimeUnit.SECONDS))
                    .as("%s ends when its driver has gone", program)
                    .isTrue();
        }
    }
}
