package dev.metalog.server.workspace;

import dev.metalog.protocol.Limits;
import dev.metalog.protocol.editor.PositionEncoding;
import dev.metalog.server.text.Text;
import java.util.List;

/**
 * A document that an editor has open. While it is not live only its text is kept, so that it can be shared at any moment;
 * once it is live its {@link View} knows the text.
 */
final class OpenDocument {
    private final EditorId editor;
    private final String uri;
    private final PositionEncoding encoding;
    private Buffer buffer;
    private boolean paused;
    private boolean tooLong;
    private View view;
    private boolean doubted;
    private String givenBack = "";

    OpenDocument(EditorId editor, String uri, PositionEncoding encoding, Buffer buffer) {
        this.editor = editor;
        this.uri = uri;
        this.encoding = encoding;
        show(buffer);
    }

    /** A text that no document may have is not kept; the document waits for a shorter one. */
    private void show(Buffer shown) {
        tooLong = shown.text().width(PositionEncoding.UTF_8) > Limits.DOCUMENT_BYTES;
        paused = tooLong;
        buffer = tooLong ? new Buffer(shown.version(), Text.EMPTY) : shown;
    }

    /** Whether the editor shows a text of more than {@link Limits#DOCUMENT_BYTES}, which is not followed. */
    boolean isTooLong() {
        return tooLong;
    }

    EditorId editor() {
        return editor;
    }

    String uri() {
        return uri;
    }

    PositionEncoding encoding() {
        return encoding;
    }

    /** {@code null} while the document is not live here. */
    View view() {
        return view;
    }

    boolean isPaused() {
        return view == null ? paused : view.isPaused();
    }

    Buffer buffer() {
        return view == null ? buffer : new Buffer(view.version(), view.text());
    }

    void becomeLive(View newView) {
        view = newView;
    }

    void stopBeingLive() {
        buffer = buffer();
        view = null;
        doubted = false;
    }

    /** Changes reported while the document is not live. */
    void changed(int version, List<RangeChange> changes) throws BadChange {
        boolean startsWhole = changes.stream().anyMatch(RangeChange::isWhole);
        if (paused && !startsWhole) {
            return;
        }
        List<Flight.Heard> heard = ChangeReader.read(buffer.text(), changes, encoding);
        Text text =
                heard.isEmpty() ? buffer.text() : heard.get(heard.size() - 1).textAfter();
        show(new Buffer(version, text));
    }

    /** The editor shows something else than was thought. Until it sends its whole text nothing is believed of it. */
    void doubt() {
        doubted = true;
        pause();
    }

    boolean isDoubted() {
        return doubted;
    }

    /** Its whole text is here. */
    void believe(View anew) {
        view = anew;
        doubted = false;
    }

    /** Whether it shall be given back this, which it lacks. When it lacks the same again it does not want it. */
    boolean wantsBack(String lacking) {
        boolean wants = !lacking.equals(givenBack);
        givenBack = lacking;
        return wants;
    }

    void pause() {
        if (view != null) {
            view.pause();
        } else {
            paused = true;
        }
    }
}
