package dev.metalog.server.membership.invite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Limits;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.server.membership.Folk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WelcomeTest {
    private static final WorkspaceId WORKSPACE = WorkspaceId.fromBytes(new byte[16]);

    private static Welcome some(int records, int documents) {
        Random random = new Random(1);
        List<byte[]> chain = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            chain.add(Folk.random(random, 1 + random.nextInt(500)));
        }
        List<Invited> invited = new ArrayList<>();
        for (int i = 0; i < documents; i++) {
            invited.add(new Invited(Folk.document(i), new DocumentPath("gr\u00fcn/" + i)));
        }
        return new Welcome(WORKSPACE, chain, invited);
    }

    @Test
    void itComesBackAsItWas() {
        for (int size : new int[] {0, 1, 30}) {
            Welcome welcome = some(size, size);
            Welcome read = Welcome.decode(welcome.encode());
            assertThat(read.workspace()).isEqualTo(welcome.workspace());
            assertThat(read.documents()).isEqualTo(welcome.documents());
            assertThat(read.records()).usingElementComparator(Arrays::compare).isEqualTo(welcome.records());
        }
    }

    @Test
    void whatIsChangedIsNoneOrAnother() {
        byte[] bytes = some(2, 2).encode();
        int none = 0;
        for (int i = 0; i < bytes.length; i++) {
            assertThat(Welcome.decode(Arrays.copyOf(bytes, i))).isNull();
            byte[] changed = bytes.clone();
            changed[i] ^= (byte) 0x81;
            Welcome read = Welcome.decode(changed);
            none += read == null ? 1 : 0;
            if (read != null) {
                assertThat(read.encode()).isEqualTo(changed);
            }
        }
        assertThat(none).isGreaterThan(20);
        assertThat(Welcome.decode(Arrays.copyOf(bytes, bytes.length + 1))).isNull();
        Invited twice = new Invited(Folk.document(1), new DocumentPath("a"));
        assertThat(Welcome.decode(new Welcome(WORKSPACE, List.of(), List.of(twice, twice)).encode()))
                .isNull();
    }

    @Test
    void itIsNotLongerThanMay() {
        byte[] record = new byte[Limits.MEMBERSHIP_RECORD_BYTES];
        int most = Limits.MEMBERSHIP_BYTES / record.length;
        assertThat(new Welcome(WORKSPACE, Collections.nCopies(most, record), List.of()).encode().length)
                .isLessThan(Welcome.MOST_BYTES);
        assertThatThrownBy(() -> new Welcome(WORKSPACE, Collections.nCopies(most + 1, record), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Welcome(
                        WORKSPACE, Collections.nCopies(Limits.MEMBERSHIP_RECORDS + 1, new byte[1]), List.of()))
                .isInstanceOf(IllegalArgumentException.class);
        Invited document = new Invited(Folk.document(1), new DocumentPath("a"));
        assertThatThrownBy(() -> new Welcome(
                        WORKSPACE, List.of(), Collections.nCopies(Limits.WORKSPACE_DOCUMENTS + 1, document)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
