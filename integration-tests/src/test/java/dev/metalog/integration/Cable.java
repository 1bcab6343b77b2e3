package dev.metalog.integration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/**
 * Two machines with nothing but a cable between them: network namespaces of Linux and a pair of virtual interfaces. Where that is not to
 * be had, as everywhere without root, the test is skipped.
 */
final class Cable implements AutoCloseable {
    private final String tag = Long.toString(ProcessHandle.current().pid() % 100_000, Character.MAX_RADIX);

    private Cable() {}

    static Cable lay(Rig rig) throws IOException {
        boolean isLinux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
        Assumptions.assumeTrue(isLinux && Tools.find("ip").isPresent(), "skipped: there are no network namespaces");
        Cable cable = new Cable();
        boolean first = cable.tries("netns", "add", cable.machine(0));
        Assumptions.assumeTrue(first, "skipped: no network namespace may be made here");
        rig.keep(cable);
        cable.does("netns", "add", cable.machine(1));
        cable.does("link", "add", cable.plug(0), "type", "veth", "peer", "name", cable.plug(1));
        for (int i = 0; i < 2; i++) {
            cable.does("link", "set", cable.plug(i), "netns", cable.machine(i));
            cable.does("-n", cable.machine(i), "link", "set", "lo", "up");
            cable.does("-n", cable.machine(i), "link", "set", cable.plug(i), "up");
        }
        return cable;
    }

    private String machine(int end) {
        return "metalog-" + tag + "-" + end;
    }

    private String plug(int end) {
        return "ml" + tag + "-" + end;
    }

    /** @param address such as {@code 192.0.2.1/24} */
    Cable with(int end, String address) throws IOException {
        List<String> words = new ArrayList<>(List.of("-n", machine(end), "address", "add", address, "dev", plug(end)));
        if (address.contains(":")) {
            words.add("nodad");
        }
        does(words.toArray(String[]::new));
        return this;
    }

    /** That end has no address any more. */
    Cable without(int end) throws IOException {
        does("-n", machine(end), "address", "flush", "dev", plug(end));
        return this;
    }

    /** What is run there instead. */
    List<String> at(int end, List<String> command) {
        List<String> there = new ArrayList<>(List.of("ip", "netns", "exec", machine(end)));
        there.addAll(command);
        return List.copyOf(there);
    }

    private void does(String... words) throws IOException {
        if (!tries(words)) {
            throw new IllegalStateException("ip " + String.join(" ", words) + " failed");
        }
    }

    private boolean tries(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue() == 0;
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < 2; i++) {
            tries("netns", "delete", machine(i));
        }
    }
}
