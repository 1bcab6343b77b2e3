package dev.metalog.server.simulate;

import dev.metalog.protocol.DocumentId;
import dev.metalog.server.text.Text;
import dev.metalog.server.text.TextBuffer;
import dev.metalog.server.workspace.Workspace;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Map;

/**
 * Bits that change in the memory of a running sidecar, without asking anybody: so this goes past everything that a program
 * may do, by reflection, and no class of the sidecar knows of it.
 */
public final class MemoryFlip {
    /** Which bit: the character it makes of one that is typed in these worlds is typed by nobody. */
    public static final char BIT = 0x4000;

    private MemoryFlip() {}

    /** In the text of a document. Returns the character it was. */
    public static char inDocument(Workspace workspace, DocumentId document, int at) {
        Object graph = field(field(live(workspace, document), "events"), "graph");
        TextBuffer text = (TextBuffer) field(field(graph, "tip"), "text");
        char was = text.charAt(at);
        text.delete(at, 1);
        text.insert(at, new char[] {(char) (was ^ BIT)}, 0, 1);
        return was;
    }

    /** In what is thought that the first of the editors shows. Returns the character it was. */
    public static char inView(Workspace workspace, DocumentId document, int at) {
        Object view = views(workspace, document).get(0);
        Text text = (Text) field(view, "text");
        char was = text.charAt(at);
        set(view, "text", text.replace(at, at + 1, String.valueOf((char) (was ^ BIT))));
        return was;
    }

    /** What is thought that the first of the editors shows. */
    static Text textOfView(Workspace workspace, DocumentId document) {
        return (Text) field(views(workspace, document).get(0), "text");
    }

    /** How long the text is that the first of the editors is thought to show; 0 when there is none. */
    static int viewLength(Workspace workspace, DocumentId document) {
        List<?> views = views(workspace, document);
        return views.isEmpty() ? 0 : textOfView(workspace, document).length();
    }

    private static List<?> views(Workspace workspace, DocumentId document) {
        return (List<?>) field(live(workspace, document), "views");
    }

    private static Object live(Workspace workspace, DocumentId document) {
        return ((Map<?, ?>) field(field(workspace, "shelf"), "byId")).get(document);
    }

    private static Object field(Object of, String name) {
        try {
            return find(of, name).get(of);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void set(Object of, String name, Object value) {
        try {
            find(of, name).set(of, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Field find(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("What is to be flipped is called otherwise now.", e);
        }
    }
}
