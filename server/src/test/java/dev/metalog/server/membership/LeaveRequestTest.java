package dev.metalog.server.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.metalog.protocol.membership.MemberRole;
import dev.metalog.server.identity.DeviceKey;
import dev.metalog.server.identity.PeerIdentity;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaveRequestTest {
    private static final PeerIdentity BOB = Folk.person(100);
    private static final DeviceKey LAPTOP = Folk.device(BOB, 101);
    private static final DeviceKey PHONE = Folk.device(BOB, 102);

    private final Folk.Office office = new Folk.Office(1);

    @Test
    void aMemberLeavesByItsOwnHandOnce() {
        office.add(LAPTOP, MemberRole.WRITE);
        byte[] request = LeaveRequest.sign(LAPTOP, office.workspace(), 9);
        assertThat(request).hasSize(LeaveRequest.BYTES);
        assertThat(LeaveRequest.read(office.log, request)).contains(BOB.peerId());
        office.remove(BOB.peerId(), List.of());
        office.add(PHONE, MemberRole.WRITE);
        assertThat(LeaveRequest.read(office.log, request)).as("played back").isEmpty();
        assertThat(LeaveRequest.read(office.log, LeaveRequest.sign(PHONE, office.workspace(), 10)))
                .contains(BOB.peerId());
    }

    @Test
    void nobodyLeavesForAnotherOrElsewhere() {
        office.add(LAPTOP, MemberRole.WRITE);
        byte[] request = LeaveRequest.sign(LAPTOP, office.workspace(), 9);
        for (int i = 0; i < request.length; i++) {
            byte[] changed = request.clone();
            changed[i] ^= 1;
            assertThat(LeaveRequest.read(office.log, changed)).as("byte " + i).isEmpty();
            assertThat(LeaveRequest.read(office.log, Arrays.copyOf(request, i))).isEmpty();
        }
        assertThat(LeaveRequest.read(office.log, Arrays.copyOf(request, request.length + 1)))
                .isEmpty();
        assertThat(LeaveRequest.read(office.log, LeaveRequest.sign(PHONE, office.workspace(), 9)))
                .as("a device that is no member")
                .isEmpty();
        assertThat(LeaveRequest.read(office.log, LeaveRequest.sign(LAPTOP, new Folk.Office(2).workspace(), 9)))
                .isEmpty();
        assertThat(LeaveRequest.read(office.log, LeaveRequest.sign(office.device, office.workspace(), 9)))
                .as("the owner")
                .isEmpty();
    }
}
