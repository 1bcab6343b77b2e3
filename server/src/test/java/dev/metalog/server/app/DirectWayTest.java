package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.editor.MetricsMessages;
import dev.metalog.server.link.LinkLimits;
import dev.metalog.server.link.direct.DirectSettings;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics for which direct links have no room go through brokers alone, which is told once. */
class DirectWayTest {
    @TempDir
    Path home;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Journal journal = new Journal(new PrintStream(said, true, StandardCharsets.UTF_8));

    @Test
    void moreTopicsThanAreToldOtherEnds() throws Exception {
        HomeFolder folders = HomeFolder.open(Map.of("META_LOG_HOME", home.toString()), "Linux", home.toString());
        Mailbox mailbox = new Mailbox();
        try (WorkspaceFolder folder = ((WorkspaceClaim.Held) WorkspaceFolder.claim(folders, home.toString())).folder();
                ContactsKeeper contacts = new ContactsKeeper(folder.contactsFile(), journal);
                DirectWay way = new DirectWay(
                        new DirectSettings(0, true),
                        null,
                        contacts,
                        new SparedBrokers(Map.of(), mailbox),
                        null,
                        mailbox,
                        journal)) {
            for (int i = 0; i < LinkLimits.DIRECT_TOPICS; i++) {
                way.subscribe("ml/1/" + i);
            }
            assertThat(said.toString(StandardCharsets.UTF_8)).isEmpty();
            for (int i = 0; i < 3; i++) {
                way.subscribe("ml/1/more" + i);
            }
            assertThat(said.toString(StandardCharsets.UTF_8))
                    .containsOnlyOnce("There are more here, which go through brokers alone");
            MetricsMessages.Queue topics = way.queues().get(0);
            assertThat(topics.size()).isEqualTo(LinkLimits.DIRECT_TOPICS);
            assertThat(topics.overflows()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                way.unsubscribe("ml/1/" + i);
            }
            assertThat(way.queues().get(0).overflows()).isZero();
        }
    }
}
