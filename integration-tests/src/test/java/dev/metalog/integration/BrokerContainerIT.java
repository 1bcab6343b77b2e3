package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;

import com.github.dockerjava.api.DockerClient;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/**
 * The broker as people run it on servers: the published image of Mosquitto, on a network of its own. Where no Docker
 * engine can be had this is skipped, also with CI=true: it is the one skip that CI allows.
 */
final class BrokerContainerIT {
    /** Another image by {@code META_LOG_MOSQUITTO_IMAGE}, for machines that cannot pull this one. */
    private static final DockerImageName IMAGE = DockerImageName.parse(
                    System.getenv().getOrDefault("META_LOG_MOSQUITTO_IMAGE", "eclipse-mosquitto:2.0.20"))
            .asCompatibleSubstituteFor("eclipse-mosquitto");

    private static final int PORT = 1883;
    private static final String CONFIGURATION = "/tmp/mosquitto.conf";

    @RegisterExtension
    private final Rig rig = new Rig();

    @BeforeAll
    static void needDocker() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            String why = "skipped: no Docker engine can be reached, so Mosquitto's image is not tried";
            System.out.println(why);
            Assumptions.abort(why);
        }
    }

    @Test
    void carriesEveryKeyAlsoAfterItStoodStill() throws Exception {
        try (GenericContainer<?> broker = mosquitto()) {
            broker.start();
            String url = "mqtt://" + broker.getHost() + ":" + broker.getMappedPort(PORT);
            Pair pair = Pair.start(rig, url, headless(), headless("--stock", "--lag-millis", "30"));
            pair.share("plan.txt", "begun\n");
            pair.first().insert(0, "through a container, ");
            pair.second().waitForText("through a container, begun\n");

            DockerClient docker = broker.getDockerClient();
            docker.pauseContainerCmd(broker.getContainerId()).exec();
            pair.first().insert(0, "first, ");
            pair.second().insert(pair.second().text().length(), "second\n");
            docker.unpauseContainerCmd(broker.getContainerId()).exec();
            pair.first().waitForText("first, through a container, begun\nsecond\n");
            pair.second().waitForText("first, through a container, begun\nsecond\n");
        }
    }

    /** Its own configuration lets nobody in from outside of the container. */
    private static GenericContainer<?> mosquitto() {
        return new GenericContainer<>(IMAGE)
                .withExposedPorts(PORT)
                .withCopyToContainer(
                        Transferable.of("listener " + PORT + "\nallow_anonymous true\npersistence false\n"),
                        CONFIGURATION)
                .withCommand("mosquitto", "-c", CONFIGURATION)
                .waitingFor(Wait.forListeningPort());
    }
}
