package dev.metalog.server.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.editor.EditorMessages;
import dev.metalog.protocol.editor.FederationMessages;
import dev.metalog.protocol.editor.MetricsMessages;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code meta-log status}: how a workspace stands: its brokers, peers and documents, and what was refused. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Print how a workspace stands: brokers, peers, documents, and what was refused.")
final class StatusCommand implements Callable<Integer> {
    private static final JsonMapper JSON = JsonMapper.builder()
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    @Option(names = "--workspace", defaultValue = "", description = "The workspace's folder. Default: the current one.")
    private Path workspace;

    @Option(names = "--json", description = "Print it as a line of JSON.")
    private boolean json;

    @Override
    public Integer call() {
        return LocalCommand.run(
                workspace,
                out -> new LocalCommand.Work(new LocalEars(), client -> {
                    EditorMessages.Status status = client.await(client.server().status());
                    MetricsMessages.Metrics metrics =
                            client.await(client.server().metrics());
                    out.print(json ? line(new Whole(status, metrics)) : page(status) + page(metrics));
                }));
    }

    /** What {@code --json} prints. */
    private record Whole(@JsonUnwrapped EditorMessages.Status status, MetricsMessages.Metrics metrics) {}

    private static String line(Whole whole) {
        try {
            return JSON.writeValueAsString(whole) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("It is made of texts and numbers.", impossible);
        }
    }

    static String page(EditorMessages.Status status) {
        StringBuilder page = new StringBuilder();
        page.append(status.peerId()).append(" in ").append(status.workspace()).append('\n');
        if (status.connections().isEmpty()) {
            page.append("broker     none: federation is switched off\n");
        }
        for (EditorMessages.Connection connection : status.connections()) {
            page.append("broker     ").append(connection.broker()).append(": ").append(connection.state());
            page.append(connection.explanation() == null ? "" : ". " + connection.explanation())
                    .append('\n');
        }
        page.append("peers      ").append(status.peers()).append(" announce themselves now\n");
        for (EditorMessages.DocumentStatus document : status.documents()) {
            page.append("document   ").append(document.path()).append(": ").append(document.state());
            page.append(document.unsent() == 0 ? "" : ", " + document.unsent() + " not sent yet")
                    .append('\n');
        }
        for (FederationMessages.Refusals refused : status.refused()) {
            page.append("refused    ").append(refused.count()).append(' ').append(refused.kind());
            page.append(refused.count() == 1 ? ": " : "s: ")
                    .append(refused.reason())
                    .append('\n');
        }
        EditorMessages.Divergences divergences = status.divergences();
        if (divergences.found() > 0) {
            page.append("divergent  ")
                    .append(divergences.found())
                    .append(" found, ")
                    .append(divergences.healed());
            page.append(" healed: somebody had another text out of the same events\n");
        }
        return page.toString();
    }

    /** Each link, and the queues that were full once; the others are nobody's business here. */
    static String page(MetricsMessages.Metrics metrics) {
        StringBuilder page = new StringBuilder();
        for (MetricsMessages.Traffic link : metrics.links()) {
            page.append("link       ").append(link.kind()).append(' ').append(link.where());
            page.append(link.peerId() == null ? "" : " " + link.peerId());
            page.append(": in ").append(link.messagesIn()).append(" (").append(link.bytesIn() >> 10);
            page.append(" KiB), out ").append(link.messagesOut()).append(" (").append(link.bytesOut() >> 10);
            page.append(" KiB), refused ").append(link.refused());
            page.append(", came up ").append(link.connections()).append(" times\n");
        }
        for (MetricsMessages.Queue queue : metrics.queues()) {
            if (queue.overflows() > 0) {
                page.append("queue      ").append(queue.name());
                page.append(queue.about() == null ? "" : " " + queue.about());
                page.append(": was full ")
                        .append(queue.overflows())
                        .append(" times; ")
                        .append(queue.size());
                page.append(" of ").append(queue.bound()).append(" wait now\n");
            }
        }
        return page.toString();
    }
}
