package dev.metalog.editorclients.rig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void percentilesAreByNearestRank() {
        Latencies latencies = new Latencies(100);
        for (int millis = 100; millis >= 1; millis--) {
            latencies.add(millis * 1_000_000L);
        }
        assertThat(latencies.percentileMillis(50)).isEqualTo(50);
        assertThat(latencies.percentileMillis(99)).isEqualTo(99);
        assertThat(latencies.percentileMillis(100)).isEqualTo(100);
        assertThat(latencies.percentileMillis(1e-9)).isEqualTo(1);
    }

    @Test
    void whatIsBeyondTheBoundIsNotKept() {
        Latencies latencies = new Latencies(2);
        latencies.add(1_000_000);
        latencies.add(2_000_000);
        latencies.add(9_000_000);
        assertThat(latencies.count()).isEqualTo(2);
        assertThat(latencies.percentileMillis(100)).isEqualTo(2);
    }

    @Test
    void nothingMeasuredIsNoNumber() {
        assertThat(new Latencies(1).percentileMillis(50)).isNaN();
    }
}
