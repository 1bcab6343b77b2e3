package dev.metalog.server.app;

import dev.metalog.server.link.EmbeddedBrokerMain;
import dev.metalog.server.link.broker.BrokerAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meta-log broker}: the embedded broker in a process of its own, for this machine or for others as well. */
@Command(
        name = "broker",
        mixinStandardHelpOptions = true,
        subcommands = BrokerUserCommand.class,
        description = {
            "Run the embedded MQTT broker. Alone it serves this machine, on a loopback address, until standard input ends.",
            "With --listen, --users, --cert and --key it serves others too, over TLS and by password, until it is ended."
        })
final class BrokerCommand implements Callable<Integer> {
    @Option(
            names = "--port",
            defaultValue = "18831",
            description = "The port; 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--listen",
            defaultValue = "127.0.0.1",
            description = "The address to listen on, 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private String listen;

    @Option(names = "--users", description = "Users and hashes of their passwords; 'meta-log broker user' writes it.")
    private Path users;

    @Option(names = "--cert", description = "The broker's certificate with those up to its authority, as PEM.")
    private Path certificates;

    @Option(names = "--key", description = "The key of that certificate, as PEM (PKCS #8).")
    private Path key;

    @Override
    public Integer call() throws InterruptedException {
        long given = Stream.of(users, certificates, key).filter(p -> p != null).count();
        try {
            InetAddress address = InetAddress.getByName(listen);
            if (given == 0 && address.isLoopbackAddress()) {
                EmbeddedBrokerMain.main(new String[] {Integer.toString(port)});
                return CommandLine.ExitCode.OK;
            }
            if (given < 3) {
                System.err.println("meta-log: A broker that listens on " + listen
                        + (address.isLoopbackAddress() ? " with any of" : ", where others can reach it, needs")
                        + " --users, --cert and --key" + (address.isLoopbackAddress() ? " needs all three." : ".")
                        + " Without them it serves this machine alone: leave --listen away.");
                return CommandLine.ExitCode.USAGE;
            }
            EmbeddedBrokerMain.serve(address, port, BrokerAccess.guarded(users, certificates, key));
            return CommandLine.ExitCode.OK;
        } catch (UnknownHostException e) {
            System.err.println("meta-log: --listen names no address of a machine. Use 0.0.0.0 for all of this one's.");
        } catch (IOException e) {
            System.err.println("meta-log: " + e.getMessage());
        }
        return CommandLine.ExitCode.USAGE;
    }
}
