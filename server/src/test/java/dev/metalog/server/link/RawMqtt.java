package dev.metalog.server.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A client that speaks MQTT 3.1.1 by hand, for what no library would send. */
final class RawMqtt implements AutoCloseable {
    final Socket socket = new Socket();

    RawMqtt(int port) throws IOException {
        socket.connect(new InetSocketAddress(TestBroker.LOOPBACK, port), 2_000);
        socket.setSoTimeout(10_000);
        socket.setTcpNoDelay(true);
    }

    /** CONNECT with a clean session and no keep-alive; waits for CONNACK 0. */
    RawMqtt connect(String clientId) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(body, "MQTT");
        body.write(new byte[] {4, 2, 0, 0});
        text(body, clientId);
        send(0x10, body.toByteArray());
        byte[] connack = socket.getInputStream().readNBytes(4);
        if (connack.length != 4 || connack[0] != 0x20 || connack[3] != 0) {
            throw new IOException("not accepted");
        }
        return this;
    }

    /** PUBLISH with QoS 1 and packet id 1. */
    void publish(String topic, byte[] payload, boolean retain) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(body, topic);
        body.write(new byte[] {0, 1});
        body.write(payload);
        send(retain ? 0x33 : 0x32, body.toByteArray());
    }

    /** Whether the broker answers with PUBACK; false when it hangs up. */
    boolean acknowledged() throws IOException {
        byte[] puback = socket.getInputStream().readNBytes(4);
        return puback.length == 4 && puback[0] == 0x40;
    }

    /** SUBSCRIBE with QoS 0; waits for SUBACK. */
    void subscribe(String filter) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(new byte[] {0, 2});
        text(body, filter);
        body.write(0);
        send(0x82, body.toByteArray());
        socket.getInputStream().readNBytes(5);
    }

    void send(int type, byte[] body) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(type);
        int length = body.length;
        do {
            packet.write(length > 127 ? length % 128 | 0x80 : length);
            length /= 128;
        } while (length > 0);
        packet.write(body);
        socket.getOutputStream().write(packet.toByteArray());
    }

    private static void text(ByteArrayOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        new DataOutputStream(out).writeShort(bytes.length);
        out.write(bytes);
    }

    /** Publishes one message over a connection of its own; false when the broker hangs up instead of acknowledging. */
    static boolean publish(int port, String topic, String payload) throws IOException {
        try (RawMqtt client = new RawMqtt(port).connect("raw")) {
            client.publish(topic, payload.getBytes(UTF_8), false);
            return client.acknowledged();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
