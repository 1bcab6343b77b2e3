package dev.metalog.server.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A real broker process that a test may kill and start again on the same port. */
interface TestBroker {
    InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    void start() throws Exception;

    /** Kills the process as a crash would. */
    void kill() throws Exception;

    ProcessHandle process();

    int port();

    /** Stops the process from running, without anybody being told. */
    default void freeze() throws Exception {
        signal("-STOP");
    }

    default void thaw() throws Exception {
        signal("-CONT");
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", name, Long.toString(process().pid())).start();
        if (kill.waitFor() != 0) {
            throw new IOException("kill " + name + " failed");
        }
    }

    default RelayAddress address() {
        return new RelayAddress(false, "", "127.0.0.1", port());
    }

    void stop() throws Exception;

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
            return socket.getLocalPort();
        }
    }
}
