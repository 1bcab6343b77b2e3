package dev.metalog.server.app;

import dev.metalog.protocol.editor.MemberMessages;
import java.io.Console;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code meta-log invite}: prints an invitation to a document that is live here, and stays until somebody has used it, since
 * nobody is let in while nothing of this workspace runs.
 */
@Command(
        name = "invite",
        mixinStandardHelpOptions = true,
        description = {
            "Invite one person into the workspace of a document that is live here, and wait until they ask.",
            "Exit code 0: they were let in, or with --no-wait: the invitation was made."
        })
final class InviteCommand implements Callable<Integer> {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    @Parameters(index = "0", paramLabel = "FILE", description = "The document that they open first.")
    private Path file;

    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Option(names = "--code", description = "A code to read out, good for ten minutes and one guess; not a link.")
    private boolean code;

    @Option(names = "--read", description = "They may read, and not write.")
    private boolean read;

    @Option(names = "--name", description = "What you are called among the members.")
    private String name;

    @Option(names = "--yes", description = "Let in whoever has it, without looking at who that is.")
    private boolean yes;

    @Option(names = "--no-wait", description = "Print it and end. An editor has to run here when it is used.")
    private boolean noWait;

    @Override
    public Integer call() {
        BlockingQueue<MemberMessages.Asks> asking = new LinkedBlockingQueue<>();
        LocalEars ears = new LocalEars() {
            @Override
            public void memberAsks(MemberMessages.Asks params) {
                asking.add(params);
            }
        };
        return LocalCommand.run(workspace, out -> new LocalCommand.Work(ears, client -> invite(client, asking, out)));
    }

    private void invite(LocalClient client, BlockingQueue<MemberMessages.Asks> asking, PrintStream out)
            throws LocalClient.Failed, InterruptedException {
        MemberMessages.Invited invited = client.await(client.server()
                .invite(new MemberMessages.InviteParams(
                        file.toAbsolutePath().normalize().toUri().toString(),
                        code ? "code" : "link",
                        read ? "read" : "write",
                        name,
                        yes)));
        int before = members(client, invited.workspace());
        out.println(invited.invitation());
        out.flush();
        Instant until = Instant.parse(invited.expires());
        System.err.println("For one person, until " + until + (noWait ? "." : ". Waiting for them; Ctrl-C ends that."));
        while (!noWait && members(client, invited.workspace()) == before) {
            MemberMessages.Asks asks = asking.poll(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            if (asks != null && asks.workspace().equals(invited.workspace())) {
                answer(client, asks, out);
            }
            if (Instant.now().isAfter(until)) {
                throw new LocalClient.Failed("Nobody used the invitation in time.");
            }
        }
    }

    private static int members(LocalClient client, String workspace) throws LocalClient.Failed, InterruptedException {
        return client.await(client.server().members()).workspaces().stream()
                .filter(one -> one.workspace().equals(workspace))
                .mapToInt(one -> one.members().size())
                .sum();
    }

    // From Java 22 on there is a console without a terminal too; it says nothing, which is no answer.
    @SuppressWarnings("SystemConsoleNull")
    private static void answer(LocalClient client, MemberMessages.Asks asks, PrintStream out)
            throws LocalClient.Failed, InterruptedException {
        String who = asks.name() + " (" + asks.fingerprint() + ") asks to be let in, to " + asks.role() + ".";
        Console console = System.console();
        if (console == null) {
            System.err.println(who + " meta-log members approve " + asks.request());
            return;
        }
        String typed = console.readLine("%s Is that them? [y/n] ", who);
        if (typed == null) {
            System.err.println("meta-log members approve " + asks.request());
            return;
        }
        boolean approve = typed.strip().toLowerCase(Locale.ROOT).startsWith("y");
        MemberMessages.Told told = client.await(
                client.server().memberAnswer(new MemberMessages.AnswerParams(asks.request(), approve, null)));
        out.println(told.explanation());
    }
}
