package dev.metalog.server.link;

import dev.metalog.server.link.broker.BrokerAccess;
import dev.metalog.server.link.broker.EmbeddedBroker;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The main class of the process that hosts the embedded broker: {@code EmbeddedBrokerMain PORT}. It prints one line,
 * {@code ready PORT}, when it serves, and ends when its standard input does: the system closes that pipe however the
 * parent ended, so no broker outlives its sidecar.
 */
public final class EmbeddedBrokerMain {
    static final String READY = "ready ";
    static final int EXIT_FAILED = 1;
    static final int EXIT_PORT_TAKEN = 48;

    private static final byte[] LOOPBACK = {127, 0, 0, 1};

    /** Held here because the log manager itself forgets the levels of loggers nobody refers to. */
    private static final Logger ROOT = Logger.getLogger("");

    private static final Logger ARTEMIS = Logger.getLogger("org.apache.activemq");

    private EmbeddedBrokerMain() {}

    /** Starts the broker of this process; the one argument is the wanted port, 0 for any free one. */
    public static void main(String[] arguments) {
        ROOT.setLevel(Level.WARNING);
        ARTEMIS.setLevel(Level.SEVERE);
        int port = Integer.parseInt(arguments[0]);
        Thread watch = new Thread(EmbeddedBrokerMain::endWithStandardInput, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        try {
            EmbeddedBroker broker = EmbeddedBroker.start(InetAddress.getByAddress(LOOPBACK), port, BrokerAccess.OPEN);
            System.out.println(READY + broker.port());
            System.out.flush();
            watch.join();
        } catch (BindException e) {
            System.err.println("Port " + port + " is taken: " + e.getMessage());
            Runtime.getRuntime().halt(EXIT_PORT_TAKEN);
        } catch (IOException | InterruptedException | RuntimeException | LinkageError e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(EXIT_FAILED);
        }
    }

    /**
     * Serves others than this machine, until this process is ended. Prints {@code ready PORT}, too.
     *
     * @throws IOException when it does not come to that; the message is a sentence for the person
     */
    public static void serve(InetAddress address, int port, BrokerAccess access)
            throws IOException, InterruptedException {
        ROOT.setLevel(Level.WARNING);
        ARTEMIS.setLevel(Level.SEVERE);
        try {
            EmbeddedBroker broker = EmbeddedBroker.start(address, port, access);
            System.out.println(READY + broker.port());
            System.out.flush();
        } catch (BindException e) {
            throw new IOException(
                    "Port " + port + " of " + address.getHostAddress() + " cannot be listened on (" + e.getMessage()
                            + "). Use another --port.",
                    e);
        }
        Thread.currentThread().join();
    }

    /** Halts: there is nothing to save, and an orderly stop of the broker takes longer than anybody would wait. */
    private static void endWithStandardInput() {
        try {
            while (System.in.read() >= 0) {
                // What the parent may write has no meaning; only the end has.
            }
        } catch (IOException e) {
            System.err.println("The pipe to the sidecar broke: " + e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }
}
