import { describe, expect, test } from "vitest";
import type { Connection, DocumentStatus, Peer } from "../../src/protocol";
import {
    initialState,
    shownPeers,
    statusLine,
    withConnection,
    withDocument,
    withoutDocument,
    withoutPeer,
    withPeer,
    withPeerStatus,
    withPhase,
} from "../../src/state";

const uri = "file:///w/a.canvasl";
const status: DocumentStatus = { uri, documentId: "d", path: "a.canvasl", state: "in-sync", unsent: 0, peers: 2 };
const connection: Connection = { broker: "tcp://127.0.0.1:1883", state: "connected", embedded: true };
const peer: Peer = { peerId: "p", publicKey: "0x04", address: "0x00", lastSeen: "2026-01-01T00:00:00Z", path: "relay" };
const running = withConnection(withPhase(initialState, "running", ""), connection);

describe("the status line", () => {
    test("tells each phase of the sidecar", () => {
        expect(statusLine(initialState, undefined).text).toContain("stopped");
        expect(statusLine(withPhase(initialState, "stopped", "not found"), undefined)).toMatchObject({
            severity: "error",
            tooltip: "not found",
        });
        expect(statusLine(withPhase(initialState, "starting", ""), uri).text).toContain("starting");
        expect(statusLine(withPhase(running, "waiting", "ended with code 3"), uri)).toMatchObject({
            severity: "warning",
            tooltip: "ended with code 3",
        });
    });

    test.each([
        [{}, "in sync"],
        [{ readOnly: true }, "in sync, read only"],
        [{ state: "sending", unsent: 1 }, "1 change unsent"],
        [{ state: "sending", unsent: 3 }, "3 changes unsent"],
        [{ state: "receiving" }, "receiving"],
        [{ state: "offline" }, "offline"],
        [{ state: "offline", unsent: 3 }, "offline, 3 changes unsent"],
        [{ state: "paused" }, "paused"],
    ] satisfies [Partial<DocumentStatus>, string][])("tells a document that is %o as %s", (change, text) => {
        const line = statusLine(withDocument(running, uri, { ...status, ...change }), uri);
        expect(line.text.endsWith(`meta-log: ${text}`)).toBe(true);
        expect(line.tooltip).toContain("2 peers");
        expect(line.tooltip).toContain(connection.broker);
    });

    test("warns of a paused document and says why", () => {
        const paused: DocumentStatus = { ...status, state: "paused", explanation: "it shows other text" };
        const line = statusLine(withDocument(running, uri, paused), uri);
        expect(line.severity).toBe("warning");
        expect(line.tooltip).toContain("it shows other text");
    });

    test("is about the whole when the document in front is not live", () => {
        expect(statusLine(withDocument(running, uri, status), "file:///w/other").tooltip).toContain("not live");
        const lost = { ...connection, state: "disconnected", explanation: "no route" } as const;
        expect(statusLine(withConnection(running, lost), undefined)).toMatchObject({
            text: "$(debug-disconnect) meta-log: offline",
            tooltip: expect.stringContaining("no route"),
        });
    });
});

describe("the state", () => {
    test("never changes in place", () => {
        const after = withPeer(withDocument(running, uri, status), peer);
        expect(running.documents.size + running.peers.size).toBe(0);
        expect(withoutPeer(after, "p").peers.size).toBe(0);
        expect(withoutDocument(after, uri).documents.size).toBe(0);
        expect(after.peers.size).toBe(1);
    });

    test("shows who is here and who is blocked", () => {
        const known = withPeerStatus(
            withPeerStatus(withPeer(running, peer), "blocked one", "blocked"),
            "gone",
            "inactive",
        );
        expect(shownPeers(known)).toEqual(["p", "blocked one"]);
        expect(shownPeers(withPeerStatus(known, "blocked one", "inactive"))).toEqual(["p"]);
        expect(shownPeers(withPeerStatus(known, "p", "blocked"))).toEqual(["p", "blocked one"]);
    });

    test("forgets what a sidecar said when it ends", () => {
        const ended = withPhase(withPeer(running, peer), "waiting", "gone");
        expect(ended).toEqual({ ...initialState, phase: "waiting", reason: "gone" });
    });
});
