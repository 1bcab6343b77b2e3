package dev.metalog.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.WorkspaceId;
import dev.metalog.server.identity.DeviceKey;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class EpochKeyTest {
    private static final WorkspaceId WORKSPACE = WorkspaceId.fromBytes(new byte[16]);
    private static final byte[] SECRET = Folk.random(new Random(1), 32);
    private static final DeviceKey DEVICE = Folk.device(Folk.person(1), 2);

    private final EpochKey key = new EpochKey(WORKSPACE, 1, SECRET);

    @Test
    void everythingDiffersByWorkspaceEpochAndDocument() {
        Set<String> tags = new HashSet<>();
        int count = 0;
        for (int w = 0; w < 3; w++) {
            byte[] id = new byte[16];
            id[3] = (byte) w;
            for (int epoch = 1; epoch < 4; epoch++) {
                EpochKey each = new EpochKey(WorkspaceId.fromBytes(id), epoch, SECRET);
                tags.add(each.topicTag());
                tags.add(each.membershipKey().topicTag());
                tags.add(each.check().toString()
                        + HexFormat.of().formatHex(each.check().bytes()));
                tags.add(each.documentKey(Folk.document(1)).topicTag());
                tags.add(each.documentKey(Folk.document(2)).topicTag());
                count += 5;
            }
        }
        tags.add(new EpochKey(WORKSPACE, 1, new byte[32]).topicTag());
        assertThat(tags).hasSize(count + 1);
        assertThat(new EpochKey(WORKSPACE, 1, SECRET)
                        .documentKey(Folk.document(1))
                        .topicTag())
                .isEqualTo(key.documentKey(Folk.document(1)).topicTag());
    }

    /** What another program has to compute, written out with the platform's own HMAC. */
    @Test
    void theTopicTagIsAsDocumented() throws Exception {
        byte[] root = hmac("meta-log/epoch-key/1".getBytes(java.nio.charset.StandardCharsets.US_ASCII), SECRET);
        String about = HexFormat.of()
                        .formatHex("meta-log/membership-topic/1".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                + "00".repeat(16)
                + "00000001";
        byte[] tag = hmac(root, HexFormat.of().parseHex(about));
        assertThat(key.topicTag()).isEqualTo(dev.metalog.protocol.Base32.encode(java.util.Arrays.copyOf(tag, 16)));
    }

    private static byte[] hmac(byte[] key, byte[] input) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(input);
    }

    @Test
    void itIsOpenedByItsDeviceForItsPlaceAlone() {
        var sealed = key.sealedFor(DEVICE.certificate(), new byte[32]);
        var check = key.check();
        assertThat(EpochKey.open(WORKSPACE, 1, DEVICE, sealed, check))
                .hasValueSatisfying(open -> assertThat(open.topicTag()).isEqualTo(key.topicTag()));
        assertThat(EpochKey.open(WORKSPACE, 2, DEVICE, sealed, check)).isEmpty();
        WorkspaceId other = WorkspaceId.fromBytes(Folk.random(new Random(3), 16));
        assertThat(EpochKey.open(other, 1, DEVICE, sealed, check)).isEmpty();
        assertThat(EpochKey.open(WORKSPACE, 1, Folk.device(Folk.person(1), 3), sealed, check))
                .isEmpty();
        assertThat(EpochKey.open(WORKSPACE, 1, DEVICE, sealed, Folk.chunk(16))).isEmpty();
    }

    @Test
    void itsNameTellsNothing() {
        assertThat(key.toString()).doesNotContain(HexFormat.of().formatHex(SECRET));
        assertThat(key.documentKey(Folk.document(1)).toString())
                .doesNotContain(HexFormat.of().formatHex(SECRET));
    }
}
