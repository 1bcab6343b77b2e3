package dev.metalog.server.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * Whole networks through everything that goes wrong. A failing seed is printed; {@code meta-log simulate --seeds 1 --from N}
 * plays it again, and {@code -Dsimulate.seeds=N} tries more.
 */
class SimulationTest {
    private static final Set<Fault> ALL = EnumSet.allOf(Fault.class);

    private static String run(int exitCode, String... arguments) {
        StringWriter out = new StringWriter();
        CommandLine line = new CommandLine(new SimulateCommand());
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        assertThat(line.execute(arguments)).as(out.toString()).isEqualTo(exitCode);
        return out.toString();
    }

    @Test
    void nothingIsLostAndNobodyPartsWays() {
        String seeds = System.getProperty("simulate.seeds", "2000");
        String from = System.getProperty("simulate.from", "0");
        String printed = run(0, "--seeds", seeds, "--from", from);
        System.out.println(printed);
        assertThat(printed.strip()).endsWith(seeds + " seeds, 0 divergences, 0 lost");
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void eachFaultAlone(Fault fault) {
        for (long seed = 100_000; seed < 100_015; seed++) {
            World.Outcome outcome = SimulateCommand.run(seed, EnumSet.of(fault));
            assertThat(outcome.isGood()).as("%s", outcome).isTrue();
            assertThat(outcome.keys()).isPositive();
        }
    }

    /** Histories that once went wrong, as long as the chances of the world are drawn in the same order. */
    @ParameterizedTest
    @ValueSource(
            longs = {
                5, 21, 117, 150, 232, 400, 448, 722, 725, 870, 1348, 2937, 4636, 1002, 1798, 6222, 6507, 6943, 7902,
                10_933, 36, 616, 698, 2020, 2367, 6400, 1142, 4044, 4264
            })
    void whatWentWrongOnceGoesWell(long seed) {
        // All that there was then.
        World.Outcome outcome = SimulateCommand.run(seed, EnumSet.complementOf(EnumSet.of(Fault.BLOCK, Fault.DIRECT)));
        assertThat(outcome.isGood()).as("%s", outcome).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aSeedIsAWholeHistory(long seed) {
        World.Outcome once = SimulateCommand.run(seed, ALL);
        assertThat(SimulateCommand.run(seed, ALL)).isEqualTo(once);
        assertThat(SimulateCommand.run(seed + 1, ALL).traceHash()).isNotEqualTo(once.traceHash());
    }

    @Test
    void theLastLineIsTheResultInJsonToo() {
        String[] lines = run(0, "--seeds", "3", "--faults", "loss, kill", "--json")
                .strip()
                .split("\\R");
        assertThat(lines).hasSize(2);
        assertThat(lines[0]).contains("\"bad\":[]", "\"seedsPerSecond\"");
        assertThat(lines[1]).isEqualTo("3 seeds, 0 divergences, 0 lost");
    }

    @Test
    void wrongUsageIsSaid() {
        assertThat(run(2, "--faults", "loss,earthquake")).contains("no fault of that name");
        assertThat(run(2, "--seeds", "0")).contains("1 or more");
    }
}
