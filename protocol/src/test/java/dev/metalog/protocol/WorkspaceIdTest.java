package dev.metalog.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WorkspaceIdTest {
    private static final PeerId OWNER = new PeerId("peer-" + "0123456789".repeat(4));

    @Test
    void itIsAHashOfItsOwnerAndANonce() throws Exception {
        byte[] nonce = new byte[32];
        nonce[31] = 5;
        WorkspaceId id = WorkspaceId.of(OWNER, nonce);
        String hashed = HexFormat.of().formatHex("meta-log/workspace/1".getBytes(StandardCharsets.US_ASCII))
                + "0123456789".repeat(4) + "00".repeat(31) + "05";
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(HexFormat.of().parseHex(hashed));
        assertThat(id.bytes()).isEqualTo(Arrays.copyOf(hash, 16));
        assertThat(WorkspaceId.fromBytes(id.bytes())).isEqualTo(id);
        assertThat(WorkspaceId.of(new PeerId("peer-" + "1".repeat(40)), nonce)).isNotEqualTo(id);
        assertThat(WorkspaceId.of(OWNER, new byte[32])).isNotEqualTo(id);
    }

    @Test
    void anotherShapeIsNone() {
        for (String odd :
                new String[] {"", "a".repeat(25), "a".repeat(27), "A".repeat(26), "1".repeat(26), "a".repeat(25) + "b"
                }) {
            assertThatThrownBy(() -> new WorkspaceId(odd)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> WorkspaceId.of(OWNER, new byte[31])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WorkspaceId.fromBytes(new byte[17])).isInstanceOf(IllegalArgumentException.class);
    }
}
