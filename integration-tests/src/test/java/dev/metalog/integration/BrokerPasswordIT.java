package dev.metalog.integration;

import static dev.metalog.integration.Editors.headless;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.metalog.editorclients.drive.EditorRefusal;
import dev.metalog.protocol.DocumentId;
import dev.metalog.protocol.DocumentPath;
import dev.metalog.protocol.Invitation;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The broker's password goes to the broker that META_LOG_MQTT_BROKER names, and to no other, whoever names it. */
final class BrokerPasswordIT {
    private static final String PASSWORD = "s3cret-of-ada";

    @RegisterExtension
    private final Rig rig = new Rig();

    @Test
    void anInvitationDoesNotGetIt() throws Exception {
        try (Eavesdropper own = new Eavesdropper();
                Eavesdropper eve = new Eavesdropper()) {
            Seat seat = rig.seat("ada", "mqtt://ada@127.0.0.1:" + own.port()).with("META_LOG_MQTT_PASSWORD", PASSWORD);
            Driven ada = rig.keep(headless().start(seat));
            Rig.await("her own broker is told the password")
                    .until(() -> own.heard.stream().anyMatch(packet -> packet.contains(PASSWORD)));

            List<CompletableFuture<JsonObject>> joining = new CopyOnWriteArrayList<>();
            for (String broker : List.of("mqtt://127.0.0.1:" + eve.port(), "mqtt://ada@127.0.0.1:" + eve.port())) {
                String file = "joined-" + joining.size() + ".txt";
                joining.add(ada.raw()
                        .join(
                                invitation(joining.size(), broker, file),
                                Optional.of(seat.workspace().resolve(file))));
            }
            EditorRefusal refusal = ada.refusal("federate", Map.of("broker", "mqtt://ada@localhost:" + eve.port()));
            assertThat(refusal.code()).isEqualTo(-32054);

            // It has refused each of them several times: whatever is sent to persuade a broker was sent by now.
            Rig.await("every address of hers is tried again and again").until(() -> eve.heard.size() >= 9);
            assertThat(eve.heard)
                    .allMatch(packet -> packet.contains("MQTT"))
                    .noneMatch(packet -> packet.contains("s3cret"));
            assertThat(seat.logged()).doesNotContain(PASSWORD);
        }
    }

    private static String invitation(int number, String broker, String file) {
        byte[] id = new byte[16];
        byte[] secret = new byte[32];
        id[0] = (byte) (number + 1);
        secret[0] = 1;
        return new Invitation(DocumentId.fromRandom(id), secret, broker, new DocumentPath(file)).encode();
    }

    /** Hears what clients say first, and refuses the user name or the password. */
    private static final class Eavesdropper implements AutoCloseable {
        /** "Bad user name or password", MQTT 3.1.1, table 3.1. */
        private static final byte[] REFUSED = {0x20, 2, 0, 4};

        private final ServerSocket socket = new ServerSocket(0, 20, InetAddress.getLoopbackAddress());
        private final List<String> heard = new CopyOnWriteArrayList<>();

        Eavesdropper() throws IOException {
            Thread thread = new Thread(this::listen, "eavesdropper");
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return socket.getLocalPort();
        }

        private void listen() {
            while (!socket.isClosed()) {
                try (Socket client = socket.accept()) {
                    client.setSoTimeout(5_000);
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    in.readByte();
                    // A CONNECT of ours is shorter than 16 KiB, so two bytes of length are enough.
                    int length = in.readUnsignedByte();
                    length = length < 128 ? length : length - 128 + 128 * in.readUnsignedByte();
                    byte[] packet = in.readNBytes(length);
                    heard.add(new String(packet, StandardCharsets.ISO_8859_1));
                    client.getOutputStream().write(REFUSED);
                    client.getOutputStream().flush();
                } catch (IOException e) {
                    // The client hung up, or this ends: the next one is listened to, if there is one.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
