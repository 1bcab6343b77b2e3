package dev.metalog.server.membership.invite;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.metalog.protocol.WorkspaceId;
import dev.metalog.protocol.WorkspaceInvitation;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.membership.Folk;

/** Any bytes of strangers change nothing on either side, and any bytes of an inviter are none or the one form of a welcome. */
final class InvitingFuzzTest {
    private static final WorkspaceInvitation LINK =
            new WorkspaceInvitation(WorkspaceId.fromBytes(new byte[16]), new byte[32], "", null);
    private static final SpokenCode CODE = SpokenCode.parse("004711-zoo-abandon");
    private static final DeviceKey DEVICE = Folk.device(Folk.person(1), 2);

    @FuzzTest(maxDuration = "10m")
    void hear(byte[] input) {
        byte[] random = new byte[Inviting.RANDOM_BYTES];
        for (Inviting inviting :
                new Inviting[] {Inviting.byLink(LINK, random, 1_000), Inviting.byCode(CODE, random, 1_000)}) {
            assertThat(inviting.hear(input, 0)).isEmpty();
            assertThat(inviting.state(0)).isEqualTo(Inviting.State.OPEN);
        }
        Asking asking = Asking.byLink(LINK, DEVICE, Folk.name("B"), new byte[Asking.RANDOM_BYTES], 0);
        assertThat(asking.hear(input, 0)).isEmpty();
        assertThat(asking.state(0)).isEqualTo(Asking.State.ASKING);
    }

    @FuzzTest(maxDuration = "10m")
    void decode(byte[] input) {
        Welcome welcome = Welcome.decode(input);
        if (welcome != null) {
            assertThat(welcome.encode()).isEqualTo(input);
        }
    }
}
