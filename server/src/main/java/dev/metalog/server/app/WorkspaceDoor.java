package dev.metalog.server.app;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.editor.AttachListener;
import dev.metalog.server.editor.EditorListener;
import dev.metalog.server.editor.InitializeAnswer;
import dev.metalog.server.editor.InitializeInfo;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import dev.metalog.server.store.file.StoreRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * Which workspace this process has. The first editor names it; if another process has it already, that editor is passed
 * on to that process, through a socket whose token only this person can read.
 */
final class WorkspaceDoor implements AutoCloseable {
    /**
     * What came of an editor at the door.
     *
     * @param answer what to tell it when it is not served here; else {@code null}
     */
    record Entry(InitializeAnswer answer, String workspaceUri) {}

    private static final int TOKEN_BYTES = 20;

    private final Environment environment;
    private final Journal journal;
    private String workspaceUri;
    private Sidecar sidecar;
    private AttachListener attach;

    WorkspaceDoor(Environment environment, Journal journal) {
        this.environment = environment;
        this.journal = journal;
    }

    synchronized Entry enter(InitializeInfo info, EditorListener gate) throws StoreRefused {
        if (sidecar != null) {
            return new Entry(null, workspaceUri);
        }
        workspaceUri = folderUri(info.workspaceUri());
        HomeFolder home = HomeFolder.open(
                environment.variables(), System.getProperty("os.name"), System.getProperty("user.home"));
        return WorkspaceFolder.claim(home, workspaceUri).dispatch(new WorkspaceClaim.Handler<Entry>() {
            @Override
            public Entry held(WorkspaceClaim.Held claim) {
                sidecar = new Sidecar(home, claim.folder(), workspaceUri, info.broker(), environment, journal);
                sidecar.start();
                openAttachDoor(home, claim.folder().path(), gate);
                return new Entry(null, workspaceUri);
            }

            @Override
            public Entry taken(WorkspaceClaim.Taken claim) {
                return new Entry(forward(home, claim), workspaceUri);
            }
        });
    }

    synchronized Sidecar sidecar() {
        return sidecar;
    }

    /** Ends the sidecar, within a second. */
    @Override
    public synchronized void close() {
        if (attach != null) {
            try {
                attach.close();
            } catch (IOException e) {
                journal.failure("Closing the door for attached editors", e);
            }
        }
        if (sidecar != null) {
            sidecar.stop();
        }
    }

    private void openAttachDoor(HomeFolder home, Path folder, EditorListener gate) {
        Path socket = socket(home, folder);
        try {
            byte[] random = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(random);
            String token = Base32.encode(random);
            Files.createDirectories(socket.getParent());
            attach = AttachListener.open(socket, token, gate);
            TokenFile.write(tokenFile(folder), token);
        } catch (IOException e) {
            journal.line("A second editor cannot attach to this workspace: " + e
                    + ". The first one is served all the same.");
        }
    }

    private InitializeAnswer forward(HomeFolder home, WorkspaceClaim.Taken claim) {
        Path folder = claim.lockFile().getParent();
        try {
            String token = TokenFile.read(tokenFile(folder));
            journal.line("Process " + claim.pid() + " has this workspace; passing this editor on to it.");
            return new InitializeAnswer.Forward(socket(home, folder), token);
        } catch (NoSuchFileException e) {
            // It has just locked the workspace for the first time ever, and opens its door next.
            return new InitializeAnswer.AskAgain(claim.message() + " It lets no other editor in.");
        } catch (IOException e) {
            return new InitializeAnswer.Refuse(
                    EditorError.WORKSPACE_BUSY, claim.message() + " It could not be attached to: " + e + ".");
        }
    }

    private static Path socket(HomeFolder home, Path folder) {
        Path preferred = folder.resolve("attach").resolve("socket");
        Path shortFolder = Path.of(System.getProperty("java.io.tmpdir"))
                .resolve("meta-log-"
                        + Integer.toHexString(
                                home.path().toAbsolutePath().toString().hashCode()));
        return AttachListener.socketPath(preferred, shortFolder);
    }

    private static Path tokenFile(Path folder) {
        return folder.resolve("attach.token");
    }

    private static String folderUri(String uri) {
        String folder = uri == null || uri.isBlank()
                ? Path.of("").toAbsolutePath().toUri().toString()
                : uri;
        return folder.endsWith("/") && !folder.endsWith("///") ? folder.substring(0, folder.length() - 1) : folder;
    }
}
