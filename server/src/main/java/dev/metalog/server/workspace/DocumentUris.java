package dev.metalog.server.workspace;

import dev.metalog.protocol.DocumentPath;
import java.net.URI;
import java.net.URISyntaxException;
import java.text.Normalizer;

/** Names of documents: an editor's URI here, a path among the peers. */
final class DocumentUris {
    /** A longer URI is not followed. */
    static final int MOST_UNITS = 2_048;

    private DocumentUris() {}

    /**
     * The path under which a document of this workspace is shared: relative to the folder if it is inside, else the file
     * name alone.
     *
     * @throws IllegalArgumentException when that is no path others could use
     */
    static DocumentPath shared(String workspaceUri, String uri) {
        String inside = uri.startsWith(workspaceUri + "/") ? uri.substring(workspaceUri.length() + 1) : null;
        try {
            String path = inside == null
                    ? new URI(uri).getPath()
                    : new URI("file:///" + inside).getPath().substring(1);
            if (path == null) {
                path = new URI(uri).getSchemeSpecificPart();
            }
            if (inside == null) {
                path = path.substring(path.lastIndexOf('/') + 1);
            }
            return new DocumentPath(Normalizer.normalize(path, Normalizer.Form.NFC));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The document's URI cannot be read.", e);
        }
    }

    /**
     * One name for all the ways of writing a URI: editors differ in what they percent-encode. Two documents never share a
     * key unless their URIs name the same file.
     */
    static String key(String uri) {
        try {
            URI parsed = new URI(uri);
            return parsed.getPath() == null
                    ? uri
                    : parsed.getScheme() + "://" + parsed.getAuthority() + "|" + parsed.getPath() + "?"
                            + parsed.getQuery();
        } catch (URISyntaxException e) {
            return uri;
        }
    }

    /**
     * Why a person has to agree to a document that others write lying there, or {@code null}; see
     * {@link DocumentPath#concern}. What lies outside of the workspace is judged by its file name.
     */
    static String concern(String workspaceUri, String uri) {
        try {
            return shared(workspaceUri, uri).concern();
        } catch (IllegalArgumentException noPathForOthers) {
            // It is the person's own name for it, and stays so.
            return null;
        }
    }

    /** The same for all names that some file systems take for one file. */
    static String foldedKey(String uri) {
        return DocumentPath.folded(key(uri));
    }

    /** Where a joined document is proposed to lie: its file name, right inside the folder. */
    static String proposed(String workspaceUri, DocumentPath path) {
        try {
            return workspaceUri + new URI(null, null, "/" + path.fileName(), null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The shared path makes no URI.", e);
        }
    }
}
