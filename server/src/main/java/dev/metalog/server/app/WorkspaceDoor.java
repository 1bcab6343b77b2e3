package dev.metalog.server.app;

import dev.metalog.protocol.Base32;
import dev.metalog.protocol.editor.EditorError;
import dev.metalog.server.editor.EditorListener;
import dev.metalog.server.editor.EditorShell;
import dev.metalog.server.editor.InitializeAnswer;
import dev.metalog.server.editor.InitializeInfo;
import dev.metalog.server.editor.attach.AttachListener;
import dev.metalog.server.store.HomeFolder;
import dev.metalog.server.store.StoreRefused;
import dev.metalog.server.store.WorkspaceClaim;
import dev.metalog.server.store.WorkspaceFolder;
import java.io.IOException;
import java.nio.file.Files;
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

    private final Environment environment;
    private final Journal journal;
    private String workspaceUri;
    private Sidecar sidecar;
    private AutoCloseable attach;

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

    private static String folderUri(String uri) {
        String folder = uri == null || uri.isBlank() ? Path.of("").toAbsolutePath().toUri().toString() : uri;
        return folder.endsWith("/") && !folder.endsWith("///") ? folder.substring(0, folder.length() - 1) : folder;
    }
}
