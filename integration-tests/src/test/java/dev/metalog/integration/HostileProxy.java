package dev.metalog.integration;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before a real broker and makes a bad one of it: of the messages that clients publish it acknowledges some and forgets
 * them; of those that the broker sends it loses some, repeats some, and lets some pass only behind later ones; and now and
 * then it hangs up. All else passes as it is.
 */
final class HostileProxy implements AutoCloseable {
    private static final int PUBLISH = 3;
    private static final int PUBACK = 0x40;
    private static final int EVIL_PERCENT = 8;
    private static final int HELD_AT_MOST = 4;
    private static final int PACKETS_OF_A_CONNECTION = 150;

    final AtomicInteger forgotten = new AtomicInteger();
    final AtomicInteger lost = new AtomicInteger();
    final AtomicInteger repeated = new AtomicInteger();
    final AtomicInteger overtaken = new AtomicInteger();
    final AtomicInteger hungUp = new AtomicInteger();

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final int target;
    private final Random random;

    HostileProxy(int target, long seed) throws IOException {
        this.target = target;
        this.random = new Random(seed);
        daemon(this::accept);
    }

    String url() {
        return "mqtt://127.0.0.1:" + listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket broker = new Socket();
                broker.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                open.add(client);
                open.add(broker);
                Connection connection = new Connection(client, broker);
                daemon(() -> connection.run(connection::fromClient, client));
                daemon(() -> connection.run(connection::fromBroker, broker));
            }
        } catch (IOException e) {
            // Closed by the test.
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "hostile-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized int draw(int below) {
        return random.nextInt(below);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private interface Pump {
        void take(byte[] packet) throws IOException;
    }

    private final class Connection {
        private final Socket client;
        private final Socket broker;
        private final Deque<byte[]> held = new ArrayDeque<>();
        private int packets;

        Connection(Socket client, Socket broker) {
            this.client = client;
            this.broker = broker;
        }

        void run(Pump pump, Socket from) {
            try (client;
                    broker) {
                DataInputStream in = new DataInputStream(from.getInputStream());
                while (true) {
                    pump.take(packet(in));
                }
            } catch (IOException e) {
                // One of the ends hung up, or this proxy did.
            }
        }

        void fromClient(byte[] packet) throws IOException {
            if (isMessage(packet) && qos(packet) == 1 && draw(100) < EVIL_PERCENT) {
                forgotten.incrementAndGet();
                write(client, acknowledgement(packet));
            } else {
                write(broker, packet);
            }
        }

        void fromBroker(byte[] packet) throws IOException {
            if (packets++ > PACKETS_OF_A_CONNECTION) {
                hungUp.incrementAndGet();
                throw new IOException("enough of this one");
            }
            if (!isMessage(packet)) {
                write(client, packet);
                return;
            }
            int lot = draw(100);
            if (lot < EVIL_PERCENT) {
                lost.incrementAndGet();
                if (qos(packet) == 1) {
                    write(broker, acknowledgement(packet));
                }
                return;
            }
            if (lot < 2 * EVIL_PERCENT && held.size() < HELD_AT_MOST) {
                held.add(packet);
                return;
            }
            write(client, packet);
            if (lot < 3 * EVIL_PERCENT) {
                repeated.incrementAndGet();
                write(client, packet);
            }
            if (!held.isEmpty() && draw(2) == 0) {
                overtaken.incrementAndGet();
                write(client, held.poll());
            }
        }
    }

    private static void write(Socket to, byte[] packet) throws IOException {
        OutputStream out = to.getOutputStream();
        synchronized (to) {
            out.write(packet);
            out.flush();
        }
    }

    private static boolean isMessage(byte[] packet) {
        return (packet[0] & 0xf0) >> 4 == PUBLISH;
    }

    private static int qos(byte[] packet) {
        return (packet[0] >> 1) & 3;
    }

    private static byte[] acknowledgement(byte[] publish) {
        int at = bodyOf(publish);
        int topic = ((publish[at] & 0xff) << 8) | (publish[at + 1] & 0xff);
        int number = at + 2 + topic;
        return new byte[] {PUBACK, 2, publish[number], publish[number + 1]};
    }

    private static int bodyOf(byte[] packet) {
        int at = 1;
        while ((packet[at] & 0x80) != 0) {
            at++;
        }
        return at + 1;
    }

    private static byte[] packet(DataInputStream in) throws IOException {
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(in.readUnsignedByte());
        int length = 0;
        int shift = 0;
        int digit;
        do {
            digit = in.readUnsignedByte();
            packet.write(digit);
            length |= (digit & 0x7f) << shift;
            shift += 7;
        } while ((digit & 0x80) != 0);
        packet.write(in.readNBytes(length));
        return packet.toByteArray();
    }
}
