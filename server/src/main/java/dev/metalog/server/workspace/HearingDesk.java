package dev.metalog.server.workspace;

import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.Speaker;
import dev.metalog.protocol.editor.PeerMessages;
import dev.metalog.server.reach.Hearing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Says on channels whom we hear there, and hears whom others do. */
final class HearingDesk {
    private final Hearing hearing;
    private final Ways ways;
    private final Timeline time;
    /** Those that something was heard on, until they are closed. */
    private final Map<String, Channel> channels = new HashMap<>();

    HearingDesk(Ways ways, Timeline time) {
        this.ways = ways;
        this.time = time;
        this.hearing = new Hearing(ways.self());
    }

    void met(Speaker speaker, Channel channel) {
        channels.put(channel.topic(), channel);
        hearing.met(channel.topic(), speaker.peer(), time.millis());
    }

    void heard(Speaker speaker, PeerMessage.Hears said, Channel channel) {
        hearing.reported(channel.topic(), speaker.peer(), said.peers(), time.millis());
    }

    void closed(Channel channel) {
        channels.remove(channel.topic());
        hearing.leave(channel.topic());
    }

    void part(PeerId peer) {
        hearing.forget(peer);
    }

    long wakeAtMillis() {
        return hearing.sayAtMillis();
    }

    void wake() {
        hearing.take(time.millis()).forEach((topic, peers) -> {
            Channel channel = channels.get(topic);
            // What waits for a way to open would be out of date then.
            if (channel != null && ways.areOpen()) {
                channel.send(null, new PeerMessage.Hears(peers));
            }
        });
    }

    /** @param blocked who is not heard because the person wants it so */
    List<PeerMessages.Separation> separations(Predicate<PeerId> blocked) {
        return hearing.separations(time.millis()).stream()
                .filter(apart -> !blocked.test(apart.first()) && !blocked.test(apart.second()))
                .map(apart -> new PeerMessages.Separation(
                        apart.first().value(),
                        apart.second().value(),
                        apart.through().stream().map(PeerId::value).toList()))
                .toList();
    }
}
