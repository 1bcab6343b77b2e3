package dev.metalog.server.workspace;

import static dev.metalog.server.workspace.Attacker.insert;

import dev.metalog.protocol.Chunk;
import dev.metalog.protocol.Digest;
import dev.metalog.protocol.EventId;
import dev.metalog.protocol.Extras;
import dev.metalog.protocol.PeerId;
import dev.metalog.protocol.PeerMessage;
import dev.metalog.protocol.ProtocolRange;
import dev.metalog.protocol.ReplicaId;
import dev.metalog.protocol.Version;
import dev.metalog.protocol.VersionVector;
import dev.metalog.server.authorship.Forger;
import dev.metalog.server.identity.Announcement;
import dev.metalog.server.identity.Envelopes;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Floods: of what is cheap to say, dear to hear, or large to keep. A thousand messages a second, while honest people type. */
enum ResourceAttack implements Attack {
    HELLOS(Outcome.REFUSED, s -> s.flood(6_000, i -> s.mallory.say(hello(s)))),
    HELLOS_OF_EVER_NEW_SPEAKERS(
            Outcome.REFUSED, s -> s.flood(4_000, i -> s.mallory.sayAs(s.mallory.voice(someone(s)), hello(s)))),
    HELLOS_UNDER_THE_NAME_OF_AN_HONEST_PEER(
            Outcome.REFUSED,
            s -> s.flood(4_000, i -> s.mallory.sayAs(s.mallory.voice(s.ben.identity.peerId()), hello(s)))),
    HELLOS_OF_ANOTHER_PROTOCOL(
            Outcome.REFUSED,
            s -> s.flood(
                    3_000,
                    i -> s.mallory.sayAs(
                            s.mallory.voice(someone(s)),
                            new PeerMessage.Hello(new ProtocolRange(9, 9), random(s), random(s), true, Extras.NONE)))),
    LIES_ABOUT_THE_SAME_VERSION(
            Outcome.REFUSED,
            s -> s.flood(3_000, i -> {
                Digest frontier = new dev.metalog.server.sync.Frontiers(s.tip()).digest();
                s.mallory.sayAs(
                        s.mallory.voice(someone(s)),
                        new PeerMessage.Hello(ProtocolRange.OURS, frontier, random(s), true, Extras.NONE));
            })),
    WISHES_FOR_EVERYTHING(
            Outcome.REFUSED,
            s -> s.flood(3_000, i -> s.mallory.say(new PeerMessage.Want(1 + i, VersionVector.EMPTY, Extras.NONE)))),
    WISHES_FOR_EVERYTHING_OF_EVER_NEW_SPEAKERS(
            Outcome.REFUSED,
            s -> s.flood(
                    3_000,
                    i -> s.mallory.sayAs(
                            s.mallory.voice(someone(s)), new PeerMessage.Want(1, VersionVector.EMPTY, Extras.NONE)))),
    WISHES_FOR_NOTHING(
            Outcome.REFUSED,
            s -> s.flood(5_000, i -> s.mallory.say(new PeerMessage.Want(1, vector(s, 3), Extras.NONE)))),
    THE_LONGEST_WISHES(Outcome.REFUSED, s -> {
        PeerMessage want = new PeerMessage.Want(1, vector(s, 16_384), Extras.NONE);
        s.flood(300, i -> s.mallory.say(want));
    }),
    THE_LONGEST_HAVES_OF_MANY_SPEAKERS(
            Outcome.ALLOWED,
            s -> s.flood(200, i -> {
                PeerMessage have = new PeerMessage.Have(random(s), vector(s, 16_384), Extras.NONE);
                s.mallory.sayAs(s.mallory.voice(someone(s)), have);
            })),
    HAVES_OF_MANY_SPEAKERS(
            Outcome.REFUSED,
            s -> s.flood(1_500, i -> {
                PeerMessage have = new PeerMessage.Have(random(s), vector(s, 256), Extras.NONE);
                s.mallory.sayAs(s.mallory.voice(someone(s)), have);
            })),
    ANSWERS_THAT_NOBODY_ASKED_FOR(Outcome.REFUSED, s -> {
        Chunk junk = new Chunk(s.mallory.bytes(400 << 10));
        s.flood(200, i -> s.mallory.say(new PeerMessage.Part(1 + i, true, false, junk)));
    }),
    EMPTY_ANSWERS(
            Outcome.REFUSED,
            s -> s.flood(5_000, i -> s.mallory.say(new PeerMessage.Part(1 + i, true, true, Chunk.EMPTY)))),
    EVENTS_THAT_WAIT_FOR_EVER(Outcome.REFUSED, s -> {
        String text = "w".repeat(40_000);
        s.flood(2_000, i -> {
            Forger pen = s.mallory.pen();
            s.mallory.send(pen.sign(insert(pen.id(0), nowhere(i), 0, text)));
        });
    }),
    EVENTS_THAT_WAIT_FOR_EVER_OF_MANY_SPEAKERS(Outcome.REFUSED, s -> {
        String text = "w".repeat(40_000);
        s.flood(2_000, i -> {
            Forger pen = s.mallory.pen();
            PeerMessage events = new PeerMessage.Events(pen.sign(insert(pen.id(0), nowhere(i), 0, text)));
            s.mallory.sayAs(s.mallory.voice(someone(s)), events);
        });
    }),
    BAD_SIGNATURES_UNDER_EVER_NEW_NAMES(
            Outcome.REFUSED,
            s -> s.flood(5_000, i -> {
                Forger pen = s.mallory.pen();
                Chunk chunk = pen.sign(insert(pen.id(0), s.tip(), 0, "x"));
                byte[] forged = chunk.bytes().clone();
                forged[forged.length - 1] ^= 1;
                s.mallory.send(forged);
            })),
    TRUE_EVENTS_UNDER_EVER_NEW_NAMES(
            Outcome.REFUSED,
            s -> s.flood(3_000, i -> {
                Forger pen = s.mallory.pen();
                s.mallory.send(pen.sign(insert(pen.id(0), Version.ROOT, 0, "x")));
            })),
    MORE_NAMES_THAN_A_DEVICE_CAN_HAVE(Outcome.REFUSED, s -> {
        for (int batch = 0; batch < 5; batch++) {
            List<Forger> pens = new ArrayList<>();
            dev.metalog.protocol.Event[] events = new dev.metalog.protocol.Event[1_000];
            for (int i = 0; i < events.length; i++) {
                pens.add(s.mallory.pen());
                events[i] = insert(pens.get(i).id(0), Version.ROOT, 0, "x");
            }
            dev.metalog.protocol.codec.EventRuns runs = Forger.runs(events);
            dev.metalog.protocol.WriterProof[] proofs = new dev.metalog.protocol.WriterProof[events.length];
            for (int i = 0; i < events.length; i++) {
                for (int writer = 0; writer < events.length; writer++) {
                    if (runs.replica(writer).equals(pens.get(i).name())) {
                        proofs[writer] = pens.get(i).truth(events[i]);
                    }
                }
            }
            Chunk chunk = Forger.encode(runs, proofs);
            s.flood(1, i -> s.mallory.send(chunk));
        }
    }),
    MUCH_TEXT(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        String text = "t".repeat(60_000);
        Version[] at = {s.tip()};
        s.flood(40, i -> {
            s.mallory.send(pen.sign(insert(pen.id(pen.written()), at[0], 0, text)));
            at[0] = Version.of(pen.id(pen.written() - 1));
        });
    }),
    A_PENDULUM_BETWEEN_TWO_BRANCHES(Outcome.ALLOWED, s -> {
        int length = 1_000;
        List<Forger> branches = List.of(s.mallory.pen(), s.mallory.pen());
        Version begun = s.tip();
        for (Forger branch : branches) {
            dev.metalog.protocol.Event[] keys = new dev.metalog.protocol.Event[length];
            for (int i = 0; i < length; i++) {
                keys[i] = insert(branch.id(i), i == 0 ? begun : Version.of(branch.id(i - 1)), i % 5, "p");
            }
            Chunk all = branch.sign(keys);
            s.flood(1, i -> s.mallory.send(all));
        }
        Forger pen = s.mallory.pen();
        s.flood(300, i -> {
            int at = i % 2 == 0 ? i : length - 1 - i;
            Version swing =
                    new Version(List.of(branches.get(0).id(at), branches.get(1).id(length - 1 - at)));
            s.mallory.send(pen.sign(insert(pen.id(pen.written()), swing, 0, "z")));
        });
    }),
    MANY_TINY_RUNS(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        Version[] at = {s.tip()};
        s.flood(40, i -> {
            dev.metalog.protocol.Event[] keys = new dev.metalog.protocol.Event[500];
            for (int k = 0; k < keys.length; k++) {
                int written = pen.written() + k;
                keys[k] = insert(pen.id(written), at[0], written * 7 % (written + 1), "t");
                at[0] = Version.of(pen.id(written));
            }
            s.mallory.send(pen.sign(keys));
        });
    }),
    MILLIONS_OF_DELETIONS_OF_WHAT_IS_GONE(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        int length = 50_000;
        Version begun = s.tip();
        s.flood(1, i -> s.mallory.send(pen.sign(insert(pen.id(0), begun, 0, "d".repeat(length)))));
        Version written = Version.of(pen.id(length - 1));
        s.flood(250, i -> {
            Forger other = s.mallory.pen();
            s.mallory.send(other.sign(Attacker.delete(other.id(0), written, 0, length)));
        });
    }),
    DELETIONS_OF_SINGLE_CHARACTERS_THAT_ARE_GONE(Outcome.ALLOWED, s -> {
        Forger pen = s.mallory.pen();
        int length = 2_000;
        Version begun = s.tip();
        s.flood(1, i -> s.mallory.send(pen.sign(insert(pen.id(0), begun, 0, "d".repeat(length)))));
        Version written = Version.of(pen.id(length - 1));
        s.flood(20, i -> {
            Forger other = s.mallory.pen();
            dev.metalog.protocol.Event[] keys = new dev.metalog.protocol.Event[length / 2];
            for (int k = 0; k < keys.length; k++) {
                // Every other one, each an event of its own.
                keys[k] = Attacker.delete(other.id(k), k == 0 ? written : Version.of(other.id(k - 1)), k, 1);
            }
            s.mallory.send(other.sign(keys));
        });
    }),
    THE_LONGEST_PRESENCE(Outcome.PASSED_OVER, s -> s.flood(5_000, i -> s.mallory.say(presence(s, 1 + i)))),
    THE_LONGEST_PRESENCE_OF_EVER_NEW_SPEAKERS(
            Outcome.PASSED_OVER,
            s -> s.flood(3_000, i -> s.mallory.sayAs(s.mallory.voice(someone(s)), presence(s, 1)))),
    A_BLACKBOARD_OF_THE_LARGEST_VALUES(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        String value = '"' + "v".repeat(60_000) + '"';
        s.flood(1_000, i -> board.post("large-" + i, value));
    }),
    A_BLACKBOARD_OF_EVER_NEW_NAMES(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        s.flood(3_000, i -> board.post(10, "small-" + i, "1"));
    }),
    A_BLACKBOARD_OF_EVER_NEW_WRITERS(Outcome.REFUSED, s -> {
        BoardAttacker board = new BoardAttacker(s);
        s.flood(5_000, i -> {
            board.beAnother();
            board.post("x", Integer.toString(i));
        });
    }),
    MUTATIONS_OF_SOMETHING_TRUE(Outcome.REFUSED, s -> {
        Forger pen = s.mallory.pen();
        byte[] whole = pen.sign(insert(pen.id(0), s.tip(), 0, "some text")).bytes();
        s.flood(6_000, i -> {
            byte[] changed = whole.clone();
            for (int k = 0; k < 1 + i % 3; k++) {
                changed[s.mallory.random.nextInt(60)] = (byte) s.mallory.random.nextInt(256);
            }
            s.mallory.send(changed);
        });
    }),
    ENVELOPES_THAT_ARE_TOO_LARGE(Outcome.REFUSED, s -> {
        byte[] large = new byte[(1 << 20) + 1];
        s.flood(300, i -> s.mallory.publish(s.mallory.topic(), large));
    }),
    THE_LARGEST_MESSAGES(Outcome.REFUSED, s -> {
        byte[] large = new byte[Envelopes.MAX_MESSAGE_BYTES];
        s.flood(200, i -> {
            large[0] = (byte) (1 + i % 5);
            s.mallory.sayRaw(large);
        });
    }),
    KINDS_OF_A_LATER_PROTOCOL(
            Outcome.REFUSED,
            s -> s.flood(5_000, i -> {
                byte[] message = s.mallory.bytes(100);
                message[0] = (byte) (6 + i % 250);
                s.mallory.sayRaw(message);
            })),
    JUNK_FOR_THE_MEMBERS(
            Outcome.REFUSED, s -> s.flood(3_000, i -> s.mallory.tellMembers(s.mallory.bytes(1 + i % 2_000)))),
    THE_LONGEST_LISTS_OF_DOCUMENTS(Outcome.PASSED_OVER, s -> {
        List<SharedDocument> many = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            many.add(new SharedDocument(
                    dev.metalog.protocol.DocumentId.fromRandom(s.mallory.bytes(16)),
                    "file:///w/x",
                    new dev.metalog.protocol.DocumentPath("p".repeat(140) + i),
                    new byte[32],
                    ""));
        }
        byte[] list = Offers.encode(many);
        s.flood(1_000, i -> s.mallory.tellMembers(list));
    }),
    JUNK_ANNOUNCEMENTS(
            Outcome.REFUSED,
            s -> s.flood(5_000, i -> {
                byte[] junk =
                        ("{\"type\":\"peer_announce\",\"peer_id\":\"" + i + "\"}").getBytes(StandardCharsets.UTF_8);
                s.mallory.publish("canvasl/peers/announce", junk);
            })),
    ANNOUNCEMENTS_OF_ONE_PEER(
            Outcome.REFUSED,
            s -> s.flood(
                    1_500,
                    i -> s.mallory.publish(
                            "canvasl/peers/announce", Announcement.signed(s.mallory.identity, s.world.nowMillis)))),
    ANNOUNCEMENTS_OF_MANY_PEERS(
            Outcome.ALLOWED,
            s -> s.flood(200, i -> {
                byte[] entropy = s.mallory.bytes(Mnemonic.ENTROPY_BYTES);
                PeerIdentity someone = PeerIdentity.fromMnemonic(Mnemonic.fromEntropy(entropy), "");
                s.mallory.publish("canvasl/peers/announce", Announcement.signed(someone, s.world.nowMillis));
            })),
    PUBLIC_FILES_AND_MESSAGES_OF_JUNK(
            Outcome.REFUSED,
            s -> s.flood(1_000, i -> {
                s.mallory.publish("canvasl/sync", s.mallory.bytes(40_000));
                s.mallory.publish("canvasl/peers/" + s.ada.identity.peerId() + "/messages", s.mallory.bytes(4_000));
            }));

    private final Outcome outcome;
    private final Play play;

    ResourceAttack(Outcome outcome, Play play) {
        this.outcome = outcome;
        this.play = play;
    }

    @Override
    public Outcome outcome() {
        return outcome;
    }

    @Override
    public Play play() {
        return play;
    }

    private static Digest random(AttackScene s) {
        return new Digest(s.mallory.bytes(Digest.BYTES));
    }

    private static PeerId someone(AttackScene s) {
        return new PeerId("peer-" + java.util.HexFormat.of().formatHex(s.mallory.bytes(20)));
    }

    private static PeerMessage hello(AttackScene s) {
        return new PeerMessage.Hello(ProtocolRange.OURS, random(s), random(s), true, Extras.NONE);
    }

    private static VersionVector vector(AttackScene s, int replicas) {
        TreeMap<ReplicaId, Integer> all = new TreeMap<>();
        for (int i = 0; i < replicas; i++) {
            all.put(ReplicaId.fromRandom(s.mallory.bytes(10)), 1 + i);
        }
        return new VersionVector(all);
    }

    private static PeerMessage presence(AttackScene s, long number) {
        List<dev.metalog.protocol.Caret> carets = new ArrayList<>();
        for (int i = 0; i < dev.metalog.protocol.Limits.PRESENCE_CARETS; i++) {
            carets.add(new dev.metalog.protocol.Caret(i % 3, i % 5));
        }
        return new PeerMessage.Presence(
                number, dev.metalog.protocol.Attention.IN_FRONT, "M".repeat(60), s.tip(), carets, Extras.NONE);
    }

    private static Version nowhere(int number) {
        return Version.of(new EventId(new ReplicaId("nobody"), number));
    }
}
