package dev.metalog.server.link;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The embedded broker as the product runs it: in a child process. */
final class EmbeddedTestBroker implements TestBroker {
    private final int port;
    private BrokerProcess process;

    EmbeddedTestBroker() throws IOException {
        port = TestBroker.freePort();
    }

    @Override
    public void start() throws Exception {
        process = BrokerProcess.start(port);
    }

    @Override
    public void kill() throws Exception {
        ProcessHandle handle = process();
        handle.destroyForcibly();
        handle.onExit().get(10, TimeUnit.SECONDS);
    }

    @Override
    public ProcessHandle process() {
        return ProcessHandle.of(process.pid()).orElseThrow();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void stop() {
        if (process != null) {
            process.close();
        }
    }
}
