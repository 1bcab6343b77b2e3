package dev.metalog.server.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.server.membership.invite.SpokenCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/crypto.md states is what the code does. */
class SecurityPagesTest {
    private static final Path PAGE = Path.of("../docs/crypto.md");
    private static final Pattern LABEL = Pattern.compile("meta-log/[a-z-]+/[0-9]+");

    private static Set<String> labels(String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = LABEL.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path root : List.of(Path.of("src/main/java"), Path.of("../protocol/src/main/java"))) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> {
                    try {
                        all.append(Files.readString(file));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
        }
        return all.toString();
    }

    @Test
    void everyLabelOnThePageIsInTheCode() throws IOException {
        assertThat(labels(sources())).containsAll(labels(Files.readString(PAGE)));
    }

    @Test
    void everySigningDomainIsOnThePage() throws IOException {
        Set<String> onPage = labels(Files.readString(PAGE));
        for (SigningDomain domain : SigningDomain.values()) {
            byte[] preimage = domain.preimage(new byte[0]);
            int length = preimage[1];
            assertThat(onPage).contains(new String(preimage, 2, length, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void theFiguresAreThoseOfTheCode() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(page).contains(PeerIdentity.KEY_PATH, "22 bits", "256 bits", "scrypt");
        assertThat(SpokenCode.VALID_MILLIS).isEqualTo(10 * 60_000);
        assertThat(WorkspaceInvitation.VALID_MILLIS).isEqualTo(24 * 3_600_000L);
        assertThat(DeviceSeal.SEALED_BYTES).isEqualTo(80);
    }
}
