package dev.metalog.server.workspace;

/** Where the core's unpredictable bytes come from: a secure source in the sidecar, a seed in the simulated world. */
@FunctionalInterface
public interface RandomBytes {
    byte[] draw(int count);
}
