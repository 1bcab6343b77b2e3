package dev.metalog.server.workspace;

import dev.metalog.protocol.editor.BlackboardMessages;

/** What an editor may ask about the blackboard, already checked for missing parameters. */
public sealed interface BlackboardRequest {
    /** {@code meta-log/blackboardGet} */
    record Get(BlackboardMessages.NameParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardList} */
    record Listing(BlackboardMessages.ListParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardSet} */
    record Set(BlackboardMessages.WriteParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardDelete} */
    record Delete(BlackboardMessages.NameParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardAdd} */
    record Add(BlackboardMessages.WriteParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardRemove} */
    record Remove(BlackboardMessages.WriteParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardWatch} */
    record Watch(BlackboardMessages.WatchParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardUnwatch} */
    record Unwatch() implements BlackboardRequest {}

    /** {@code meta-log/blackboardSync} */
    record Sync(BlackboardMessages.SyncParams params) implements BlackboardRequest {}

    /** {@code meta-log/blackboardInvite} */
    record Invite() implements BlackboardRequest {}

    /** {@code meta-log/blackboardJoin} */
    record Join(BlackboardMessages.BoardJoinParams params) implements BlackboardRequest {}

    /** One method for each kind. */
    interface Handler {
        void get(Get request);

        void listing(Listing request);

        void set(Set request);

        void delete(Delete request);

        void add(Add request);

        void remove(Remove request);

        void watch(Watch request);

        void unwatch(Unwatch request);

        void sync(Sync request);

        void invite(Invite request);

        void join(Join request);
    }

    default void dispatch(Handler handler) {
        if (this instanceof Get get) {
            handler.get(get);
        } else if (this instanceof Listing listing) {
            handler.listing(listing);
        } else if (this instanceof Set set) {
            handler.set(set);
        } else if (this instanceof Delete delete) {
            handler.delete(delete);
        } else if (this instanceof Add add) {
            handler.add(add);
        } else if (this instanceof Remove remove) {
            handler.remove(remove);
        } else if (this instanceof Watch watch) {
            handler.watch(watch);
        } else if (this instanceof Unwatch unwatch) {
            handler.unwatch(unwatch);
        } else if (this instanceof Sync sync) {
            handler.sync(sync);
        } else if (this instanceof Invite invite) {
            handler.invite(invite);
        } else {
            handler.join((Join) this);
        }
    }
}
