package dev.metalog.server.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.Equivocation;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.codec.TestimonyCodec;
import dev.metalog.server.authorship.Equivocator;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.authorship.Notary;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.Folk;
import dev.metalog.server.workspace.Effect;
import dev.metalog.server.workspace.Evidence;
import dev.metalog.server.workspace.LogKind;
import dev.metalog.server.workspace.QuarantineRecords;
import dev.metalog.server.workspace.Reading;
import dev.metalog.server.workspace.StoredDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is left behind for whoever looks into two texts that differed. */
class EvidenceTest {
    @TempDir
    Path folder;

    private Evidence evidence(KeptDocument document, List<StoredDocument.Item> records, long wallMillis) {
        return new Evidence(
                KeptDocument.ID,
                "a.txt",
                wallMillis,
                new Speaker(new PeerId("peer-" + "ab".repeat(20)), 0x1234),
                new ReplicaId("r"),
                "peer-" + "cd".repeat(20) + " boot 5678",
                document.graph.tip(),
                new Digest(new byte[32]),
                new Digest(new byte[32]),
                "OURS",
                "wrong",
                "right",
                records,
                0);
    }

    private List<Path> files(KeptDocument document) throws IOException {
        try (Stream<Path> all = Files.list(document.log().resolveSibling("evidence"))) {
            return all.sorted().toList();
        }
    }

    private static String verify(KeptDocument document) {
        StringWriter out = new StringWriter();
        new CommandLine(new StoreCommand(Map.of("META_LOG_HOME", document.home().toString())))
                .setOut(new PrintWriter(out))
                .execute("verify");
        return out.toString();
    }

    @Test
    void itCanBePlayedAgainAndIsForTheOwnerAlone() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
            document.type(disk, 300);
            disk.keepEvidence(evidence(document, disk.reread(KeptDocument.ID), 1_800_000_000_000L));
        }
        Path file = files(document).get(0);
        assertThat(document.said()).contains(file.toString());
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("about").asText()).contains("TEXT OF THE DOCUMENT", "no key");
        assertThat(json.get("time").asText()).startsWith("2027-01-15T");
        assertThat(json.get("us").asText()).endsWith("boot 1234");
        assertThat(json.get("peerProtocol").asText()).isNotEmpty();
        List<StoredDocument.Item> records = new ArrayList<>();
        for (JsonNode record : json.get("records")) {
            records.add(new StoredDocument.Item(
                    record.get("kind").asInt(), record.get("body").binaryValue()));
        }
        assertThat(Reading.of(records).text()).isEqualTo("k".repeat(300));
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(verify(document)).contains("1 times a text or a history differed", file.toString());
    }

    /** Who signed two histories is in a file for the owner alone, and in what the history's check says. */
    @Test
    void whoSignedTwoHistoriesIsKeptAndVerified() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        DeviceKey device = Folk.device(Folk.person(1), 1);
        Equivocation proof = Forger.twoHistories(KeptDocument.ID, device);
        Equivocator by = Equivocator.of(KeptDocument.ID, proof, new Notary());
        byte[] bytes = TestimonyCodec.encode(proof);
        try (Disk disk = document.open()) {
            document.share(disk);
            disk.persist(new Effect.Persist(KeptDocument.ID, LogKind.CONTRADICTION, bytes));
            disk.keepContradiction(new Effect.KeepContradiction(KeptDocument.SHARED, 1_800_000_000_000L, by, bytes));
        }
        Path file = files(document).get(0);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertThat(json.get("fingerprint").asText())
                .isEqualTo(device.certificate().device().fingerprint());
        Equivocation kept = TestimonyCodec.decode(json.get("proof").binaryValue());
        DocumentId named = new DocumentId(json.get("document").asText());
        assertThat(Equivocator.of(named, kept, new Notary())).isEqualTo(by);
        if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        assertThat(historyOf(document, 1))
                .contains("not proved a.txt", by.peer().value(), by.device().fingerprint(), "two different histories");
        byte[] out = QuarantineRecords.of(by.writer());
        try (Disk disk = document.open()) {
            disk.persist(new Effect.Persist(KeptDocument.ID, LogKind.QUARANTINE, out));
            Effect.KeepTakenOut effect =
                    new Effect.KeepTakenOut(KeptDocument.SHARED, 1_800_000_000_000L, "text of before", List.of());
            assertThat(disk.keepTakenOut(effect)).contains("is kept in ", "-before");
        }
        assertThat(historyOf(document, 0))
                .contains("proved     a.txt", by.device().fingerprint(), "two different histories", "is taken out");
        try (Stream<Path> all = Files.walk(document.home())) {
            assertThat(all.filter(one -> one.toString().contains("-before")))
                    .singleElement()
                    .satisfies(one -> assertThat(one).hasContent("text of before"));
        }
    }

    private static String historyOf(KeptDocument document, int exit) {
        StringWriter out = new StringWriter();
        int code = new CommandLine(new HistoryCommand(
                        Map.of("META_LOG_HOME", document.home().toString())))
                .setOut(new PrintWriter(out))
                .execute("verify");
        assertThat(code).isEqualTo(exit);
        return out.toString();
    }

    @Test
    void onlyTheLastFilesAreKept() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            document.share(disk);
            for (int i = 0; i < 20; i++) {
                disk.keepEvidence(evidence(document, List.of(), 1_800_000_000_000L + i));
            }
        }
        assertThat(files(document)).hasSize(16);
        assertThat(files(document).get(15).toString()).contains("-019-");
        assertThat(verify(document)).contains("16 times a text or a history differed");
    }

    @Test
    void aDocumentWithoutALogIsReadAsNothing() throws Exception {
        KeptDocument document = new KeptDocument(folder);
        try (Disk disk = document.open()) {
            assertThat(disk.reread(KeptDocument.ID)).isEmpty();
        }
    }
}
