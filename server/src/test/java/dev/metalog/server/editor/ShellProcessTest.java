package dev.metalog.server.editor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shell in a process of its own. */
final class ShellProcessTest {
    private static final String INITIALIZE =
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"rootUri\":\"file:///w\"}}";
    private static final String SHUTDOWN = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}";
    private static final String EXIT = "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";

    /** Standard input stays open but in the case of its end, so only the shell can end the process. */
    @ParameterizedTest(name = "{0} gives {1}")
    @CsvSource({"the end of input, 0", "shutdown and exit, 0", "exit alone, 1", "framing lost, 2"})
    void theExitCodeIsTheDocumentedOneAndOutputIsTheProtocolsAlone(String way, int exitCode) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ShellMain.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().write(input(way));
            process.getOutputStream().flush();
            if (way.equals("the end of input")) {
                process.getOutputStream().close();
            }
            assertThat(process.waitFor(3 * TestEditor.PATIENCE_MILLIS, TimeUnit.MILLISECONDS))
                    .isTrue();
            assertThat(process.exitValue()).isEqualTo(exitCode);
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output)
                    .startsWith("Content-Length: ")
                    .contains("\"id\":0,\"result\"")
                    .doesNotContain("a library that prints");
        } finally {
            process.destroyForcibly();
        }
    }

    private static byte[] input(String way) throws IOException {
        ByteArrayOutputStream input = new ByteArrayOutputStream();
        input.write(TestEditor.framed(INITIALIZE));
        switch (way) {
            case "the end of input" -> {}
            case "shutdown and exit" -> {
                input.write(TestEditor.framed(SHUTDOWN));
                input.write(TestEditor.framed(EXIT));
            }
            case "exit alone" -> input.write(TestEditor.framed(EXIT));
            case "framing lost" -> input.write("hello\r\n".getBytes(StandardCharsets.US_ASCII));
            default -> throw new IllegalArgumentException(way);
        }
        return input.toByteArray();
    }
}
