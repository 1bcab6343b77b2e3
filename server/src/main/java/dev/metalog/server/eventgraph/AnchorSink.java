package dev.metalog.server.eventgraph;

/** Moves one position with the edits it is told. */
final class AnchorSink implements EditSink {
    private final boolean afterInserted;
    private int position;

    AnchorSink(Anchor anchor) {
        this.afterInserted = anchor.side() == Anchor.Side.AFTER_INSERTED;
        this.position = anchor.position();
    }

    int position() {
        return position;
    }

    @Override
    public void insert(int at, char[] source, int from, int length) {
        if (at < position || (at == position && afterInserted)) {
            position += length;
        }
    }

    @Override
    public void delete(int at, int length) {
        position -= Math.max(0, Math.min(length, position - at));
    }
}
