package dev.metalog.server.workspace;

import dev.metalog.protocol.NamedProof;
import dev.metalog.protocol.codec.BundleCodec;
import dev.metalog.protocol.codec.EventRuns;
import dev.metalog.protocol.codec.MalformedBundleException;
import dev.metalog.protocol.codec.SignedEventsCodec;
import dev.metalog.protocol.codec.SignedEventsCodec.Signed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Events as a record of a log has them: a bundle with its proofs, or, in logs from before there were signatures, a bundle.
 *
 * @param proofs by writer of the columns; none in an older log
 */
public record LoggedEvents(EventRuns runs, List<NamedProof> proofs) {
    /** @param from where in the record they begin */
    public static LoggedEvents read(byte[] body, int from) throws MalformedBundleException {
        if (!SignedEventsCodec.isSigned(body, from)) {
            return new LoggedEvents(
                    BundleCodec.decodeRuns(from == 0 ? body : Arrays.copyOfRange(body, from, body.length)), List.of());
        }
        Signed signed = SignedEventsCodec.decode(body, from);
        EventRuns runs = signed.runs();
        int[] ends = new int[runs.writerCount()];
        for (int run = 0; run < runs.count(); run++) {
            ends[runs.writer(run)] = runs.seq(run) + runs.length(run);
        }
        List<NamedProof> proofs = new ArrayList<>();
        for (int writer = 0; writer < ends.length; writer++) {
            proofs.add(new NamedProof(
                    runs.replica(writer), ends[writer], signed.proofs().get(writer)));
        }
        return new LoggedEvents(runs, proofs);
    }
}
