package dev.metalog.server.link;

/** A relay link over the embedded broker. */
class EmbeddedBrokerLinkTest extends RelayLinkContract {
    @Override
    TestBroker newBroker() throws Exception {
        return new EmbeddedTestBroker();
    }
}
