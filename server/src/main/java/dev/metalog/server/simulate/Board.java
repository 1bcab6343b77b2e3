package dev.metalog.server.simulate;

import dev.metalog.protocol.blackboard.BlackboardMessage;
import dev.metalog.protocol.blackboard.BlackboardWrite;
import dev.metalog.protocol.blackboard.EntryName;
import dev.metalog.protocol.codec.BlackboardCodec;
import dev.metalog.protocol.codec.MalformedMessageException;
import dev.metalog.protocol.editor.BlackboardMessages;
import dev.metalog.server.blackboard.Entry;
import dev.metalog.server.blackboard.Posted;
import dev.metalog.server.workspace.BlackboardRequest;
import dev.metalog.server.workspace.BoardAudit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * The blackboard that some of the machines share, and what has to stand on it in the end. Each value is a number that nobody
 * writes again. Some names belong to one machine, which sets and deletes them; some are sets to which all add; some are set
 * and deleted by all, and of those only that they end equal is known; some expire.
 */
final class Board {
    /** Beyond all characters, so that one set can hold keys of texts and numbers of a blackboard. */
    private static final int FIRST = 1 << 24;

    private static final String NAMESPACE = "simulated";
    private static final int SETS = 2;
    private static final int CONTESTED = 3;
    private static final int DELETED = 0;
    private static final int MOST_SECONDS = 20;

    /**
     * What a machine did to a name of its own, or to a member of a set.
     *
     * @param token what it wrote, or {@link #DELETED}
     * @param losses what the machine had lost by then
     */
    private record Step(int token, Machine by, int losses) {
        boolean isSafe(Keys keys) {
            return token == DELETED ? by.losses() == losses : !keys.isExcused(token);
        }
    }

    private final Clockwork clockwork;
    private final Keys keys;
    private final boolean clocksJump;
    /** Another one than the clockwork's, so that who has no blackboard has the history it had before there were any. */
    private final SplittableRandom die;

    private final List<Machine> members = new ArrayList<>();
    /** By name, and by set and member. */
    private final Map<String, List<Step>> steps = new LinkedHashMap<>();

    private final Set<String> expiring = new HashSet<>();
    private int lastToken = FIRST;

    Board(long seed, Clockwork clockwork, Keys keys, boolean clocksJump) {
        this.die = new SplittableRandom(seed);
        this.clockwork = clockwork;
        this.keys = keys;
        this.clocksJump = clocksJump;
    }

    /** The numbers that are shown. */
    static Set<Integer> tokensOn(BoardAudit audit) {
        Set<Integer> tokens = new HashSet<>();
        shown(audit, 0).values().forEach(tokens::addAll);
        return tokens;
    }

    private static Map<String, List<Integer>> shown(BoardAudit audit, long nowMillis) {
        Map<String, List<Integer>> shown = new LinkedHashMap<>();
        for (Entry entry : audit.board().list(name -> true, null, Integer.MAX_VALUE, nowMillis)) {
            shown.put(
                    entry.name().name(),
                    entry.shown().stream().map(Board::token).toList());
        }
        return shown;
    }

    private static int token(Posted posted) {
        return Integer.parseInt(posted.posting().value().json());
    }

    /** The numbers in a record of its log. */
    static Set<Integer> tokensIn(byte[] record) {
        try {
            return BlackboardCodec.decode(record).dispatch(new BlackboardMessage.Handler<>() {
                @Override
                public Set<Integer> writes(BlackboardMessage.Writes message) {
                    return tokens(message.writes());
                }

                @Override
                public Set<Integer> postings(BlackboardMessage.Postings message) {
                    return tokens(message.writes());
                }

                @Override
                public Set<Integer> state(BlackboardMessage.State message) {
                    return Set.of();
                }
            });
        } catch (MalformedMessageException e) {
            throw new IllegalStateException("What was kept cannot be read again.", e);
        }
    }

    private static Set<Integer> tokens(List<BlackboardWrite> writes) {
        Set<Integer> tokens = new HashSet<>();
        for (BlackboardWrite write : writes) {
            if (write.posting() != null) {
                tokens.add(Integer.valueOf(write.posting().value().json()));
            }
        }
        return tokens;
    }

    /** The first machine invites some of the others, and some bring along what they have. */
    void share(List<Machine> machines) {
        for (Machine machine : machines) {
            if (machine.number() < 2 || die.nextInt(100) < 70) {
                members.add(machine);
                if (die.nextBoolean()) {
                    setOwn(machine, "own-" + machine.number() + "-" + ++lastToken);
                }
            }
        }
        BlackboardMessages.Invited invited =
                (BlackboardMessages.Invited) members.get(0).askBoard(new BlackboardRequest.Invite());
        for (Machine machine : members.subList(1, members.size())) {
            machine.askBoard(
                    new BlackboardRequest.Join(new BlackboardMessages.BoardJoinParams(invited.invitation(), false)));
        }
    }

    /** Everybody writes now and then, as long as this goes on. */
    void begin(BooleanSupplier goesOn) {
        members.forEach(machine -> goOn(machine, goesOn));
    }

    private void goOn(Machine machine, BooleanSupplier goesOn) {
        clockwork.in(50 + die.nextInt(1_000), () -> {
            if (goesOn.getAsBoolean()) {
                if (machine.board() != null) {
                    write(machine);
                }
                goOn(machine, goesOn);
            }
        });
    }

    private void write(Machine machine) {
        int what = die.nextInt(100);
        if (what < 30) {
            setOwn(machine, "own-" + machine.number() + "-" + ++lastToken);
        } else if (what < 50) {
            changeOwn(machine);
        } else if (what < 70) {
            String set = "set-" + die.nextInt(SETS);
            int member = ++lastToken;
            if (machine.askBoard(new BlackboardRequest.Add(params(set, member, 0))) != null) {
                note(set + "/" + member, member, machine);
            }
        } else if (what < 80) {
            removeMember(machine);
        } else if (what < 85) {
            machine.askBoard(new BlackboardRequest.Delete(
                    new BlackboardMessages.NameParams(NAMESPACE, "any-" + die.nextInt(CONTESTED))));
        } else if (what < 95) {
            machine.askBoard(new BlackboardRequest.Set(params("any-" + die.nextInt(CONTESTED), ++lastToken, 0)));
        } else {
            String name = "brief-" + ++lastToken;
            expiring.add(name);
            machine.askBoard(new BlackboardRequest.Set(params(name, lastToken, 1 + die.nextInt(MOST_SECONDS))));
        }
    }

    private static BlackboardMessages.WriteParams params(String name, int token, int seconds) {
        return new BlackboardMessages.WriteParams(NAMESPACE, name, Integer.toString(token), seconds);
    }

    private void note(String name, int token, Machine by) {
        steps.computeIfAbsent(name, none -> new ArrayList<>()).add(new Step(token, by, by.losses()));
    }

    private void setOwn(Machine machine, String name) {
        int token = ++lastToken;
        if (machine.askBoard(new BlackboardRequest.Set(params(name, token, 0))) != null) {
            note(name, token, machine);
        }
    }

    /** Not when it does not see what it did to it last: then there would be two that do not know of each other. */
    private void changeOwn(Machine machine) {
        List<String> names = steps.keySet().stream()
                .filter(name -> name.startsWith("own-" + machine.number() + "-"))
                .filter(name -> last(name) == seen(machine, name))
                .toList();
        if (names.isEmpty()) {
            return;
        }
        String name = names.get(die.nextInt(names.size()));
        if (seen(machine, name) == DELETED || die.nextBoolean()) {
            setOwn(machine, name);
        } else if (machine.askBoard(new BlackboardRequest.Delete(new BlackboardMessages.NameParams(NAMESPACE, name)))
                != null) {
            note(name, DELETED, machine);
        }
    }

    private int last(String name) {
        List<Step> all = steps.get(name);
        return all.get(all.size() - 1).token();
    }

    private static int seen(Machine machine, String name) {
        Entry entry = machine.board().board().get(new EntryName(NAMESPACE, name), 0);
        return entry == null ? DELETED : token(entry.shown().get(0));
    }

    private void removeMember(Machine machine) {
        String set = "set-" + die.nextInt(SETS);
        List<Integer> there = shown(machine.board(), 0).getOrDefault(set, List.of());
        if (!there.isEmpty()) {
            int member = there.get(die.nextInt(there.size()));
            if (machine.askBoard(new BlackboardRequest.Remove(params(set, member, 0))) != null) {
                note(set + "/" + member, DELETED, machine);
            }
        }
    }

    /** Returns what differs between those who know the same writes, or {@code null}. */
    String differs() {
        List<Machine> some =
                members.stream().filter(machine -> machine.board() != null).toList();
        for (int i = 0; i < some.size(); i++) {
            BoardAudit one = some.get(i).board();
            for (Machine before : some.subList(0, i)) {
                BoardAudit other = before.board();
                if (other.frontier().equals(one.frontier()) && !other.content().equals(one.content())) {
                    return "machines " + before.number() + " and " + some.get(i).number()
                            + " have other entries out of the same writes";
                }
            }
        }
        return null;
    }

    /** Returns how it did not end well, or {@code null}. */
    String judge() {
        BoardAudit first = null;
        for (Machine machine : members) {
            BoardAudit audit = machine.board();
            if (audit == null) {
                return "machine " + machine.number() + ": it has no blackboard";
            }
            first = first == null ? audit : first;
            if (!audit.frontier().equals(first.frontier())) {
                return "machine " + machine.number() + ": it knows other writes of the blackboard than the first";
            }
            if (!clocksJump && shown(audit, machine.clock()).keySet().stream().anyMatch(expiring::contains)) {
                return "machine " + machine.number() + ": what has expired is shown";
            }
        }
        for (String name : steps.keySet()) {
            int end = end(name);
            if (end != DELETED && !mayEndAs(name, end)) {
                return "the blackboard shows " + end + " as " + name + ", where something else was written later";
            }
        }
        return differs();
    }

    /** How many entries are missing that were written and not deleted. */
    int lost() {
        return (int) steps.keySet().stream()
                .filter(name -> end(name) == DELETED && !mayEndAs(name, DELETED))
                .count();
    }

    private int end(String name) {
        BoardAudit audit = members.get(0).board();
        int slash = name.indexOf('/');
        if (audit == null || slash < 0) {
            return audit == null ? DELETED : seen(members.get(0), name);
        }
        int member = Integer.parseInt(name.substring(slash + 1));
        Entry set = audit.board().get(new EntryName(NAMESPACE, name.substring(0, slash)), 0);
        boolean isThere = set != null && set.shown().stream().anyMatch(posted -> token(posted) == member);
        return isThere ? member : DELETED;
    }

    /** It ends as the last of the safe steps left it, or one that came later and may be lost. */
    private boolean mayEndAs(String name, int end) {
        List<Step> all = steps.get(name);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).token() == end) {
                return true;
            }
            if (all.get(i).isSafe(keys)) {
                return false;
            }
        }
        return end == DELETED;
    }
}
