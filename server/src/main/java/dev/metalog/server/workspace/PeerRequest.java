package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.PeerMessages;

/** What may be asked about the book of peers. */
public sealed interface PeerRequest {
    /** {@code meta-log/peerList} */
    record Listing() implements PeerRequest {}

    /** {@code meta-log/peerShow} */
    record Show(PeerMessages.PeerParams params) implements PeerRequest {}

    /** {@code meta-log/peerBlock} */
    record Block(PeerMessages.PeerParams params) implements PeerRequest {}

    /** {@code meta-log/peerUnblock} */
    record Unblock(PeerMessages.PeerParams params) implements PeerRequest {}

    /** {@code meta-log/linkTest} */
    record Test(PeerMessages.PeerParams params) implements PeerRequest {}

    /** One method for each kind. */
    interface Handler {
        void listing(Listing request);

        void show(Show request);

        void block(Block request);

        void unblock(Unblock request);

        void test(Test request);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Listing listing) {
            handler.listing(listing);
        } else if (this instanceof Show show) {
            handler.show(show);
        } else if (this instanceof Block block) {
            handler.block(block);
        } else if (this instanceof Test test) {
            handler.test(test);
        } else {
            handler.unblock((Unblock) this);
        }
    }
}
