package dev.metalog.server.crowd;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CrowdBenchTest {
    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    @Test
    @Timeout(120)
    void allOfASmallCrowdFindEachOther() throws Exception {
        CrowdBench.Plan plan = new CrowdBench.Plan(12, 12, 0, 2, null, "crowd-test", Duration.ofSeconds(60));
        CrowdBench.Figures figures = new CrowdBench(plan, CrowdBenchTest::random, line -> {}).measure();
        assertThat(figures.knowsAll().count()).isEqualTo(12);
        assertThat(figures.knowsAll().longest()).isPositive();
        assertThat(figures.newcomerKnown().count()).isEqualTo(2);
        assertThat(figures.newcomerKnowsAll().p50()).isPositive();
    }

    @Test
    @Timeout(120)
    void someMayOnlyAnnounceThemselves() throws Exception {
        CrowdBench.Plan plan = new CrowdBench.Plan(12, 5, 20, 1, null, "crowd-test", Duration.ofSeconds(60));
        CrowdBench.Figures figures = new CrowdBench(plan, CrowdBenchTest::random, line -> {}).measure();
        assertThat(figures.knowsAll().count()).isEqualTo(5);
        assertThat(figures.newcomerKnown().count()).isEqualTo(1);
    }

    @Test
    void aSpreadIsOfWhatWasMeasured() {
        double[] seconds = new double[101];
        for (int i = 0; i < seconds.length; i++) {
            seconds[i] = 100 - i;
        }
        assertThat(CrowdBench.Spread.of(seconds)).isEqualTo(new CrowdBench.Spread(101, 50, 99, 100));
        assertThat(CrowdBench.Spread.of(new double[0]).count()).isZero();
    }
}
