package dev.metalog.server.trace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.server.trace.TraceFile;
import dev.metalog.server.trace.TraceSamples;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(240)
final class BenchCommandTest {
    private record Outcome(int code, String out, String err) {}

    @TempDir
    private Path folder;

    private static Outcome run(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        return new Outcome(code, out.toString(), err.toString());
    }

    @Test
    void oursIsATableWithARowForEachOperationAndTrace() throws Exception {
        Path sequential = TraceSamples.write(folder, "typed.json", TraceSamples.SEQUENTIAL);
        Path astral = TraceSamples.pack(folder, "two.json.gz", TraceSamples.ASTRAL);
        Outcome outcome = run("traces", "--warm-up", 1, sequential, astral);
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isZero();
        assertThat(outcome.out().lines().toList())
                .startsWith("| what | trace | meta-log |", "|---|---|---|")
                .hasSize(2 + 15 + 12)
                .anySatisfy(line -> assertThat(line).matches("\\| all edits typed here, ms \\| typed \\| [0-9.]+ \\|"))
                .anySatisfy(line ->
                        assertThat(line).matches("\\| one remote key.*, µs \\| two \\| [0-9.,]+ / [0-9.,]+ \\|"))
                .anySatisfy(line -> assertThat(line).matches("\\| a key in 25 times.*, × \\| two \\| [0-9.]+ \\|"))
                .anySatisfy(line -> assertThat(line).matches("\\| the same, first in.*, ms \\| two \\| [0-9.]+ \\|"))
                .anySatisfy(line -> assertThat(line).matches("\\| heap after.*, B \\| typed \\| [0-9.,]+ \\|"))
                .noneSatisfy(line -> assertThat(line).contains("failed"));
        assertThat(outcome.err()).contains("typed: all edits typed here").doesNotContain("two: all edits typed here");
    }

    @Test
    void jsonIsOneObject() throws Exception {
        Path sequential = TraceSamples.write(folder, "typed.json", TraceSamples.SEQUENTIAL);
        Outcome outcome =
                run("traces", "--json", "--warm-up", 0, "--operation", "file", "--operation", "merge", sequential);
        assertThat(outcome.code()).as(outcome.err() + outcome.out()).isZero();
        JsonNode report = new ObjectMapper().readTree(outcome.out());
        assertThat(report.get("rounds").asInt()).isEqualTo(5);
        assertThat(report.get("processors").asInt()).isPositive();
        assertThat(report.get("unreadable")).isEmpty();
        assertThat(report.get("figures")).hasSize(2);
        JsonNode bytes = report.get("figures").get(0);
        assertThat(bytes.get("operation").asText()).isEqualTo("file");
        assertThat(bytes.get("contender").asText()).isEqualTo("meta-log");
        assertThat(bytes.get("unit").asText()).isEqualTo("B");
        assertThat(bytes.get("rounds").asInt()).isEqualTo(1);
        assertThat(bytes.get("failure").isNull()).isTrue();
        JsonNode merge = report.get("figures").get(1);
        assertThat(merge.get("trace").asText()).isEqualTo("typed");
        assertThat(merge.get("rounds").asInt()).isEqualTo(5);
        double median = merge.get("median").asDouble();
        assertThat(median)
                .isBetween(merge.get("min").asDouble(), merge.get("max").asDouble());
    }

    @Test
    void aTraceThatEndsInAnotherTextIsAFailureOfOurs() throws Exception {
        Path wrong =
                TraceSamples.write(folder, "wrong.json", TraceSamples.CONCURRENT.replace("[ten]b.\"", "[ten]c.\""));
        Outcome outcome = run("traces", "--warm-up", 0, "--operation", "merge", wrong);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.out())
                .contains(
                        "| failed |", "failed: meta-log, merge, wrong: it ended in another text than the recorded one");
    }

    @Test
    void whatCannotBeMeasuredIsSaid() throws Exception {
        Path suite = TraceSamples.write(folder, "suite.json", TraceSamples.SUITE);
        Path good = TraceSamples.write(folder, "typed.json", TraceSamples.SEQUENTIAL);
        assertThat(run("traces", suite).err()).contains("suite.json is a suite of 2 small cases");
        Outcome outcome = run("traces", "--warm-up", 0, "--operation", "file", folder.resolve("none.json"), good);
        assertThat(outcome.code()).isEqualTo(1);
        assertThat(outcome.err()).contains("none.json: there is no such file");
        assertThat(outcome.out()).contains("| typed |");
        assertThat(run("traces", "--rounds", 4, good)).satisfies(refused -> {
            assertThat(refused.code()).isEqualTo(2);
            assertThat(refused.err()).contains("--rounds is 5 or more");
        });
        assertThat(run("traces", "--operation", "nap", good).err()).contains("no operation nap", "localUpdates");
        assertThat(run("traces", "--peer", "nobody", good).err()).contains("no peer nobody", "diamond-types");
        assertThat(run().err()).contains("what shall be measured: traces or crowd?");
    }

    @Test
    void withoutFilesAndFolderItSaysWhatToName() {
        Assumptions.assumeTrue(System.getenv("META_LOG_TRACES") == null, "META_LOG_TRACES names a folder here");
        Outcome outcome = run("traces");
        assertThat(outcome.code()).isEqualTo(2);
        assertThat(outcome.err()).contains("META_LOG_TRACES", "editing-traces");
    }

    @Test
    void whatThePeersNeedIsSaidInOneLine() throws Exception {
        String launcher = folder.resolve("meta-log").toString();
        assertThat(Peers.in(Map.of("META_LOG_LAUNCHER", launcher)).missing())
                .hasValueSatisfying(line -> assertThat(line).contains("run it from a checkout"));
        Path peers = Files.createDirectories(folder.resolve("server/bench/peers"));
        Files.writeString(peers.resolve("peers.mjs"), "");
        assertThat(Peers.in(Map.of("META_LOG_LAUNCHER", launcher, "META_LOG_NODE", "/no/such/node"))
                        .missing())
                .hasValueSatisfying(line -> assertThat(line)
                        .contains("need Node 20", "there is none")
                        .doesNotContain("\n"));
        Path node = folder.resolve("node");
        Files.writeString(node, "#!/bin/sh\necho v18.1.0\n");
        Assumptions.assumeTrue(node.toFile().setExecutable(true) && Files.exists(Path.of("/bin/sh")), "no /bin/sh");
        Map<String, String> environment = Map.of("META_LOG_LAUNCHER", launcher, "META_LOG_NODE", node.toString());
        assertThat(Peers.in(environment).missing())
                .hasValueSatisfying(line -> assertThat(line).contains("and this is v18.1.0"));
        Files.writeString(node, "#!/bin/sh\necho v20.1.0\n");
        assertThat(Peers.in(environment).missing())
                .hasValueSatisfying(line -> assertThat(line).contains("npm ci").doesNotContain("\n"));
        Files.createDirectories(peers.resolve("node_modules"));
        assertThat(Peers.in(environment).missing()).isEmpty();
    }

    @Test
    void allPeersEndWhereTheTracesEnd() throws Exception {
        Path here = Path.of("bench", "peers").toAbsolutePath();
        boolean installed = Files.exists(here.resolve("node_modules"));
        if (!installed && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("CI installs the peers' packages: npm ci in server/bench/peers");
        }
        Assumptions.assumeTrue(installed, "the peers' packages are not installed (npm ci in server/bench/peers)");
        String launcher = Path.of("..", "meta-log").toAbsolutePath().normalize().toString();
        Peers peers = Peers.in(Map.of("META_LOG_LAUNCHER", launcher));
        assertThat(peers.missing()).isEmpty();
        for (String json : new String[] {TraceSamples.SEQUENTIAL, TraceSamples.CONCURRENT}) {
            Path file = TraceSamples.write(folder, "trace.json", json);
            Path given = folder.resolve("given.json");
            var trace = TraceFile.read(file).get(0);
            PeerTrace.write(trace, given);
            boolean sequential = PeerTrace.isSequential(trace);
            for (String name : Peers.NAMES) {
                try (PeerProcess peer = peers.start(name, given, 60)) {
                    for (Operation operation : Operation.values()) {
                        if (operation.appliesTo(sequential)
                                && operation.isForPeers()
                                && !(operation == Operation.MERGE && name.equals("json-joy"))) {
                            assertThat(peer.run(operation).value())
                                    .as(name + ", " + operation.word())
                                    .isPositive();
                        }
                    }
                }
            }
        }
    }
}
