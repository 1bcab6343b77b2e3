package dev.metalog.server.link.direct;

import dev.metalog.server.link.CutProxy;
import dev.metalog.server.link.LinkContract;
import java.io.IOException;
import java.util.List;

/** A direct link does what every link does. */
class DirectContractTest extends LinkContract {
    @Override
    protected Pair connect(List<String> ofAnn, List<String> ofBen) throws Exception {
        Club club = new Club();
        End ann = End.of(club);
        End ben = End.listening(club);
        ofAnn.forEach(ann.links::subscribe);
        ofBen.forEach(ben.links::subscribe);
        CutProxy proxy = new CutProxy(ben.address().port());
        ann.links.seek(ben.name(), List.of(new DirectAddress("127.0.0.1", proxy.port())));
        ann.heard.awaitUp(1);
        ben.heard.awaitUp(1);
        return new Both(new OneEnd(ann), new OneEnd(ben), proxy);
    }

    private record Both(OneEnd ann, OneEnd ben, CutProxy proxy) implements Pair {
        @Override
        public void cut() throws IOException {
            proxy.cut(true);
        }

        @Override
        public void close() throws IOException {
            ann.close();
            ben.close();
            proxy.close();
        }
    }

    private record OneEnd(End end) implements Carrier {
        @Override
        public void want(String topic) {
            end.links.subscribe(topic);
        }

        @Override
        public void unwant(String topic) {
            end.links.unsubscribe(topic);
        }

        @Override
        public boolean say(String topic, byte[] payload) {
            try {
                return end.links.publish(topic, payload, true) == 1;
            } catch (IllegalArgumentException notCarried) {
                return false;
            }
        }

        @Override
        public List<String> heard() {
            return end.heard.texts();
        }

        @Override
        public int ups() {
            return end.heard.ups.size();
        }

        @Override
        public List<String> downs() {
            return end.heard.downReasons().stream().map(DirectDown::name).toList();
        }

        @Override
        public void holdUp() {
            end.heard.mayHear.drainPermits();
        }

        @Override
        public void goOn() {
            end.heard.mayHear.drainPermits();
            end.heard.mayHear.release(1 << 30);
        }

        @Override
        public void failFromNowOn() {
            end.heard.failing = true;
        }

        @Override
        public void close() {
            end.links.close();
        }
    }
}
