package dev.metalog.server.link;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A relay link over Mosquitto. */
class MosquittoLinkTest extends RelayLinkContract {
    @TempDir
    private Path folder;

    @BeforeAll
    static void needed() {
        Mosquitto.assumeInstalled();
    }

    @Override
    TestBroker newBroker() throws Exception {
        return new Mosquitto(folder);
    }
}
