package dev.metalog.server.peers;

/** {@link Dealings} as they grow. */
final class Ledger {
    private long heardAtMillis;
    private long syncedAtMillis;
    private long asked;
    private long answered;
    private long unanswered;
    private long bundlesIn;
    private long bytesIn;
    private long bundlesOut;
    private long bytesOut;
    private long failedAtMillis;
    private String failure;

    Ledger(Dealings before) {
        heardAtMillis = before.heardAtMillis();
        syncedAtMillis = before.syncedAtMillis();
        asked = before.asked();
        answered = before.answered();
        unanswered = before.unanswered();
        bundlesIn = before.bundlesIn();
        bytesIn = before.bytesIn();
        bundlesOut = before.bundlesOut();
        bytesOut = before.bytesOut();
        failedAtMillis = before.failedAtMillis();
        failure = before.failure();
    }

    void heard(long wallMillis) {
        heardAtMillis = wallMillis;
    }

    void synced(long wallMillis) {
        syncedAtMillis = wallMillis;
    }

    void asked() {
        asked++;
    }

    void answered() {
        answered++;
    }

    void unanswered(String why, long wallMillis) {
        unanswered++;
        failed(why, wallMillis);
    }

    void received(int bytes) {
        bundlesIn++;
        bytesIn += bytes;
    }

    void sent(int bytes) {
        bundlesOut++;
        bytesOut += bytes;
    }

    void failed(String why, long wallMillis) {
        failedAtMillis = wallMillis;
        failure = why;
    }

    Dealings dealings() {
        return new Dealings(
                heardAtMillis,
                syncedAtMillis,
                asked,
                answered,
                unanswered,
                bundlesIn,
                bytesIn,
                bundlesOut,
                bytesOut,
                failedAtMillis,
                failure);
    }
}
