package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;

/** A process of its own, for tests that kill one: a link with a last will, or a broker's parent. */
final class LinkChild {
    private LinkChild() {}

    /** Prints a line when what was asked for is up, then waits to be killed. */
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("link")) {
            Recorder heard = new Recorder();
            RelaySettings settings = RelaySettings.of(RelayAddress.parse(arguments[1]))
                    .withWill(arguments[2], "gone".getBytes(UTF_8), true);
            new RelayLink(settings, heard).start();
            heard.awaitUp(1);
            System.out.println("up");
        } else {
            BrokerProcess broker = BrokerProcess.start(0);
            System.out.println(broker.pid() + " " + broker.port());
        }
        Thread.sleep(600_000);
    }

    static Process start(String... arguments) throws Exception {
        String[] command = new String[4 + arguments.length];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command[1] = "-cp";
        command[2] = System.getProperty("java.class.path");
        command[3] = LinkChild.class.getName();
        System.arraycopy(arguments, 0, command, 4, arguments.length);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Its first line. */
    static String firstLine(Process process) throws Exception {
        return process.inputReader(UTF_8).readLine();
    }
}
