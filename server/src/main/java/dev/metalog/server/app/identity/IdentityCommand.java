package dev.metalog.server.app.identity;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.metalog.protocol.PeerId;
import dev.metalog.server.identity.DeviceCertificate;
import dev.metalog.server.identity.IdentityRefused;
import dev.metalog.server.identity.Keystore;
import dev.metalog.server.identity.Mnemonic;
import dev.metalog.server.identity.PeerIdentity;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.IdentityFiles;
import dev.metalog.server.store.file.StoreRefused;
import dev.metalog.server.workspace.RandomBytes;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code meta-log identity}. Secrets come from the terminal, from files, or from standard input; never from arguments. */
@Command(
        name = "identity",
        mixinStandardHelpOptions = true,
        description = "This installation's identity: show, make, back up, restore, and protect it.",
        subcommands = {
            IdentityCommand.Show.class,
            IdentityCommand.New.class,
            IdentityCommand.Export.class,
            IdentityCommand.Restore.class,
            IdentityCommand.Passphrase.class,
            IdentityCommand.NewDevice.class
        })
public final class IdentityCommand implements Callable<Integer> {
    private static final int REFUSED = 1;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final String RESTART =
            "Sidecars that run now keep the identity they started with: restart your editors.";

    private final Map<String, String> variables;
    private final RandomBytes random;
    private final Secrets secrets;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    /**
     * @param variables the environment's
     * @param in standard input, for what {@code -} names
     */
    public IdentityCommand(Map<String, String> variables, RandomBytes random, InputStream in, Clock clock) {
        this(variables, random, new TerminalSecrets(in), clock);
    }

    IdentityCommand(Map<String, String> variables, RandomBytes random, Secrets secrets, Clock clock) {
        this.variables = variables;
        this.random = random;
        this.secrets = secrets;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }

    /** What the subcommands have in common. */
    private abstract static class OnIdentity implements Callable<Integer> {
        @Spec
        private CommandSpec spec;

        @ParentCommand
        private IdentityCommand parent;

        @Override
        public final Integer call() {
            PrintWriter out = spec.commandLine().getOut();
            PrintWriter err = spec.commandLine().getErr();
            try {
                HomeFolder home = HomeFolder.open(
                        parent.variables, System.getProperty("os.name"), System.getProperty("user.home"));
                run(new IdentityKeeper(home, parent.variables, parent.random, parent.secrets), out, err);
                return CommandLine.ExitCode.OK;
            } catch (StoreRefused | IdentityRefused | Secrets.Refused e) {
                err.println("meta-log identity: " + e.getMessage());
                return REFUSED;
            } finally {
                out.flush();
                err.flush();
            }
        }

        abstract void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused;

        final Secrets secrets() {
            return parent.secrets;
        }

        /** A new passphrase: from a file, or typed twice. */
        final String newPassphrase(String file) throws StoreRefused, Secrets.Refused {
            if (file != null) {
                return secrets().firstLine(file);
            }
            String typed = secrets().ask("The new passphrase");
            if (typed.isEmpty()) {
                throw new Secrets.Refused("An empty passphrase protects nothing. Nothing was changed.");
            }
            if (!typed.equals(secrets().ask("The new passphrase once more"))) {
                throw new Secrets.Refused("The two are not the same. Nothing was changed.");
            }
            return typed;
        }

        /** Makes room, if the person wants that. */
        final void setAside(IdentityKeeper keeper, boolean replace, PrintWriter err) throws StoreRefused {
            if (replace) {
                keeper.setAside("replaced-" + stamp())
                        .ifPresent(folder -> err.println("The identity of before is kept in " + folder + "."));
            }
        }

        final String stamp() {
            return STAMP.format(parent.clock.instant());
        }

        static void made(PeerId peer, PrintWriter out, PrintWriter err) {
            out.println(peer);
            err.println(RESTART);
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Print what others may know of it, and how it is kept. No secrets.")
    static final class Show extends OnIdentity {
        @Option(names = "--json", description = "Print one JSON object and nothing else.")
        private boolean json;

        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused {
            Keystore.Contents contents = keeper.open();
            PeerIdentity identity = contents.identity();
            boolean hasWords = contents.words() != null;
            DeviceCertificate device = keeper.device(identity).orElse(null);
            if (json) {
                var object = new JsonMapper().createObjectNode();
                object.put("peerId", identity.peerId().value())
                        .put("publicKey", identity.publicKey())
                        .put("address", identity.address())
                        .put("device", device == null ? null : device.device().value())
                        .put(
                                "fingerprint",
                                device == null ? null : device.device().fingerprint())
                        .put("keystore", keeper.file().toString())
                        .put("passphrase", keeper.hasPassphrase())
                        .put("words", hasWords);
                out.println(object);
                return;
            }
            out.println("peer id     " + identity.peerId());
            out.println("public key  " + identity.publicKey());
            out.println("address     " + identity.address());
            out.println("device      "
                    + (device == null
                            ? "made at the first start of an editor here"
                            : device.device().fingerprint() + "  (this machine's; compare it when you join others)"));
            out.println("kept in     " + keeper.file());
            out.println("opened by   "
                    + (keeper.hasPassphrase()
                            ? "your passphrase"
                            : "a secret that lies beside it, readable by you alone"));
            out.println("backup      "
                    + (hasWords
                            ? "by its words: meta-log identity export --words"
                            : "by its keystore: meta-log identity export FILE (it came without words)"));
        }
    }

    @Command(
            name = "new",
            mixinStandardHelpOptions = true,
            description = {
                "Make a new identity and print its peer id. Others will not know that it is you.",
                "An editor's first start makes one by itself."
            })
    static final class New extends OnIdentity {
        @Option(
                names = "--words",
                paramLabel = "N",
                defaultValue = "24",
                description = "12, 15, 18, 21 or 24 words. Default: ${DEFAULT-VALUE}.")
        private int words;

        @Option(names = "--replace", description = "Set the identity that is kept aside. It is not deleted.")
        private boolean replace;

        @Spec
        private CommandSpec own;

        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err) throws StoreRefused, IdentityRefused {
            if (words < 12 || words > 24 || words % 3 != 0) {
                throw new CommandLine.ParameterException(
                        own.commandLine(), "--words must be 12, 15, 18, 21 or 24, not " + words + ".");
            }
            setAside(keeper, replace, err);
            made(keeper.create(words), out, err);
            err.println("Write its words down, on paper: meta-log identity export --words");
        }
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = {
                "Back the identity up: its words, for paper, or a keystore file under a passphrase of its own, which",
                "Ethereum wallets read too. Whoever has either and what opens it can write as you."
            })
    static final class Export extends OnIdentity {
        @Option(names = "--words", description = "The words. Without FILE they are printed.")
        private boolean words;

        @Option(
                names = "--passphrase-file",
                paramLabel = "SECRET",
                description =
                        "The keystore's passphrase is this file's first line ('-': standard input). Default: ask.")
        private String passphraseFile;

        @Parameters(paramLabel = "FILE", arity = "0..1", description = "A new file, for its owner's eyes only.")
        private Path target;

        @Spec
        private CommandSpec own;

        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused {
            if (!words && target == null) {
                throw new CommandLine.ParameterException(own.commandLine(), "Name a FILE, or ask for --words.");
            }
            if (!words) {
                keeper.export(target, newPassphrase(passphraseFile));
                return;
            }
            Mnemonic mnemonic = keeper.open().words();
            if (mnemonic == null) {
                throw new Secrets.Refused("This identity came in a keystore without words. Export a FILE.");
            }
            if (target == null) {
                out.println(mnemonic.phrase());
            } else {
                IdentityKeeper.write(target, (mnemonic.phrase() + "\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    @Command(
            name = "restore",
            mixinStandardHelpOptions = true,
            description = {
                "Bring an identity back from its words, or from a keystore file, and print its peer id.",
                "Use it on one machine at a time, or on several: they are the same peer to others."
            })
    static final class Restore extends OnIdentity {
        @Option(
                names = "--words-file",
                paramLabel = "SECRET",
                description = "The words are in this file ('-': standard input). Default: ask.")
        private String wordsFile;

        @Option(
                names = "--extra-file",
                paramLabel = "SECRET",
                description = "BIP39's extra word is this file's first line, if the identity was made with one.")
        private String extraFile;

        @Option(names = "--keystore", paramLabel = "FILE", description = "Restore this keystore, not words.")
        private String keystore;

        @Option(
                names = "--passphrase-file",
                paramLabel = "SECRET",
                description =
                        "The keystore's passphrase is this file's first line ('-': standard input). Default: ask.")
        private String passphraseFile;

        @Option(names = "--replace", description = "Set the identity that is kept aside. It is not deleted.")
        private boolean replace;

        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused {
            Keystore.Contents contents = keystore == null ? ofWords() : ofKeystore();
            setAside(keeper, replace, err);
            made(keeper.keep(contents), out, err);
        }

        private Keystore.Contents ofWords() throws StoreRefused, IdentityRefused, Secrets.Refused {
            String typed =
                    wordsFile == null ? secrets().ask("The words") : secrets().text(wordsFile);
            String extra = extraFile == null ? "" : secrets().firstLine(extraFile);
            Mnemonic mnemonic = Mnemonic.parse(typed);
            return new Keystore.Contents(PeerIdentity.fromMnemonic(mnemonic, extra), mnemonic);
        }

        private Keystore.Contents ofKeystore() throws StoreRefused, IdentityRefused, Secrets.Refused {
            byte[] json = secrets().text(keystore).getBytes(StandardCharsets.UTF_8);
            return Keystore.open(
                    json,
                    passphraseFile == null
                            ? secrets().ask("The passphrase of " + keystore)
                            : secrets().firstLine(passphraseFile));
        }
    }

    @Command(
            name = "new-device",
            mixinStandardHelpOptions = true,
            description = {
                "Set this machine's device aside; the next start of an editor makes another one of the same identity.",
                "A device that was put out of a workspace never comes back: this lets the person be invited again."
            })
    static final class NewDevice extends OnIdentity {
        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused {
            Path kept = keeper.setDeviceAside("replaced-device-" + stamp());
            out.println(kept);
            err.println(
                    "The device of before is kept in that file. The next start of an editor makes another one, which"
                            + " belongs to no workspace yet:");
            err.println("- Have it invited again into each workspace that this machine was in, by its owner.");
            err.println(
                    "- Into a workspace that you own yourself, only another machine of yours that is in it can invite"
                            + " it. If there is none, and you want to keep that workspace, move the file back before you start an"
                            + " editor.");
            err.println("The texts that are here stay, and so does your peer id.");
        }
    }

    @Command(
            name = "passphrase",
            mixinStandardHelpOptions = true,
            description = {
                "Protect the identity with a passphrase, change it, or do without one. What opens it now is read as the",
                "sidecar reads it: from the file that " + IdentityFiles.PASSPHRASE_VARIABLE + " names, or asked for."
            })
    static final class Passphrase extends OnIdentity {
        @Option(
                names = "--new-file",
                paramLabel = "SECRET",
                description = "The new one is this file's first line ('-': standard input). Default: ask, twice.")
        private String newFile;

        @Option(names = "--remove", description = "Keep a random secret beside the identity instead.")
        private boolean remove;

        @Override
        void run(IdentityKeeper keeper, PrintWriter out, PrintWriter err)
                throws StoreRefused, IdentityRefused, Secrets.Refused {
            if (remove) {
                keeper.removePassphrase();
                err.println("A secret beside the identity opens it now, readable by you alone. Unset "
                        + IdentityFiles.PASSPHRASE_VARIABLE + ".");
                return;
            }
            keeper.setPassphrase(newPassphrase(newFile));
            err.println("The identity is protected. Tell your editor the passphrase when it asks, or let "
                    + IdentityFiles.PASSPHRASE_VARIABLE + " name a file with it.");
        }
    }
}
