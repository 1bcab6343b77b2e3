package dev.metalog.server.link.direct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.metalog.protocol.QueueTally;
import dev.metalog.server.link.LinkLimits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bounded parts of a link, each up to its bound and beyond. */
class LinkPartsTest {
    private static final byte[] CONTROL = {1};
    private static final byte[] URGENT = {2};
    private static final byte[] BULK = {3};

    @Test
    void whatIsUrgentGoesBeforeWhatIsNot() {
        Outgoing outgoing = new Outgoing();
        assertThat(outgoing.offer(BULK, false)).isTrue();
        assertThat(outgoing.offer(URGENT, true)).isTrue();
        assertThat(outgoing.offerControl(CONTROL)).isTrue();
        assertThat(outgoing.messages()).isEqualTo(2);
        assertThat(outgoing.bytes()).isEqualTo(2);
        assertThat(outgoing.poll()).isSameAs(CONTROL);
        assertThat(outgoing.poll()).isSameAs(URGENT);
        assertThat(outgoing.poll()).isSameAs(BULK);
        assertThat(outgoing.poll()).isNull();
        assertThat(outgoing.bytes()).isZero();
    }

    @Test
    void tooManyMessagesAreNotTakenNorAnythingAfterThem() {
        QueueTally tally = new QueueTally();
        Outgoing outgoing = new Outgoing(tally);
        for (int i = 0; i < LinkLimits.DIRECT_QUEUE_MESSAGES; i++) {
            assertThat(outgoing.offer(BULK, false)).isTrue();
        }
        assertThat(outgoing.offer(URGENT, true)).as("the other lane has room").isTrue();
        assertThat(outgoing.offer(BULK, false)).isFalse();
        assertThat(outgoing.poll()).isSameAs(URGENT);
        assertThat(outgoing.poll()).isSameAs(BULK);
        assertThat(outgoing.offer(BULK, false)).isFalse();
        assertThat(outgoing.offerControl(CONTROL)).isFalse();
        assertThat(tally.most()).isEqualTo(LinkLimits.DIRECT_QUEUE_MESSAGES);
        assertThat(tally.overflows()).as("a link ends once").isOne();
    }

    @Test
    void tooManyBytesAndTooManyControlFramesAreNotTaken() {
        Outgoing bytes = new Outgoing();
        assertThat(bytes.offer(new byte[LinkLimits.DIRECT_QUEUE_BYTES], true)).isTrue();
        assertThat(bytes.offer(URGENT, true)).isFalse();
        Outgoing control = new Outgoing();
        for (int i = 0; i < LinkLimits.DIRECT_CONTROL_FRAMES; i++) {
            assertThat(control.offerControl(CONTROL)).isTrue();
        }
        assertThat(control.offerControl(CONTROL)).isFalse();
    }

    @Test
    void whatWaitsGoesOverToTheLinkThatIsKept() {
        Outgoing left = new Outgoing();
        Outgoing kept = new Outgoing();
        left.offer(BULK, false);
        left.offer(URGENT, true);
        left.offerControl(CONTROL);
        byte[] bye = {9};
        assertThat(left.endWith(bye, kept)).isTrue();
        assertThat(left.offer(URGENT, true)).isFalse();
        assertThat(left.poll()).isSameAs(bye);
        assertThat(left.poll()).isNull();
        assertThat(kept.poll()).isSameAs(URGENT);
        assertThat(kept.poll()).isSameAs(BULK);
        assertThat(kept.poll()).isNull();
    }

    @Test
    void theOldestTopicsAreToldAndTheNextWhenOneIsGivenUp() {
        Wanted wanted = new Wanted();
        for (int i = 0; i < LinkLimits.SUBSCRIPTIONS + 1; i++) {
            Wanted.Change change = wanted.want("t/" + i);
            assertThat(change.on()).hasSize(i < LinkLimits.DIRECT_TOPICS ? 1 : 0);
        }
        assertThat(wanted.allTold()).hasSize(LinkLimits.DIRECT_TOPICS);
        assertThat(wanted.want("t/0")).isEqualTo(Wanted.Change.NONE);
        assertThat(wanted.isTold("t/" + LinkLimits.DIRECT_TOPICS)).isFalse();
        assertThat(wanted.drop("t/7"))
                .isEqualTo(new Wanted.Change(List.of("t/" + LinkLimits.DIRECT_TOPICS), List.of("t/7")));
        assertThat(wanted.isTold("t/" + LinkLimits.DIRECT_TOPICS)).isTrue();
        assertThat(wanted.drop("t/7")).isEqualTo(Wanted.Change.NONE);
        assertThat(wanted.drop("t/" + LinkLimits.SUBSCRIPTIONS))
                .as("there was no room for it")
                .isEqualTo(Wanted.Change.NONE);
        assertThatThrownBy(() -> wanted.want("a/#")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void unprovenConnectionsAreCountedByAddressAndTogether() {
        Unproven unproven = new Unproven();
        for (int i = 0; i < LinkLimits.DIRECT_UNPROVEN_OF_ONE; i++) {
            assertThat(unproven.enter("a")).isTrue();
        }
        assertThat(unproven.enter("a")).isFalse();
        for (int i = LinkLimits.DIRECT_UNPROVEN_OF_ONE; i < LinkLimits.DIRECT_UNPROVEN; i++) {
            assertThat(unproven.enter("b" + i)).isTrue();
        }
        assertThat(unproven.enter("c")).isFalse();
        unproven.leave("a");
        assertThat(unproven.enter("c")).isTrue();
        assertThat(unproven.enter("a")).isFalse();
    }

    @Test
    void theSameTroubleIsToldOnceInAWhile() {
        RareReports reports = new RareReports(100);
        Refusal silent = new Refusal(DirectDown.SILENT, "Silent.");
        assertThat(reports.pass("a", silent, 0)).isEqualTo("Silent.");
        assertThat(reports.pass("a", silent, 99)).isNull();
        assertThat(reports.pass("b", silent, 99)).isEqualTo("Silent.");
        assertThat(reports.pass("a", new Refusal(DirectDown.FULL, "Full."), 99)).isEqualTo("Full.");
        assertThat(reports.pass("a", silent, 100)).isEqualTo("Silent. (1 more times since it was told.)");
        for (int i = 0; i < LinkLimits.DIRECT_REPORTS; i++) {
            assertThat(reports.pass("h" + i, silent, 150)).isNotNull();
        }
        assertThat(reports.pass("a", silent, 151))
                .as("was forgotten for the others")
                .isEqualTo("Silent.");
    }

    @Test
    void whenTooMuchWaitsForTheListenerThatIsKnown() {
        Deliveries deliveries = new Deliveries();
        for (int i = 0; i < LinkLimits.DIRECT_UNHEARD; i++) {
            assertThat(deliveries.isFull()).isFalse();
            deliveries.add(() -> {});
        }
        assertThat(deliveries.isFull()).isTrue();
        deliveries.end();
        deliveries.run();
        assertThat(deliveries.isFull()).isFalse();
    }
}
