import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { answers, asksText, isForOne, lines, memberName } from "../../src/membership";
import type { Asks, Member, MemberWorkspace } from "../../src/protocol";

const GOLDEN = join(import.meta.dirname, "../../../protocol/src/main/resources/golden/editor");
const golden = (name: string) => JSON.parse(readFileSync(join(GOLDEN, `${name}.json`), "utf8"));
const asks: Asks = golden("memberAsks.notification").params;
const owned: MemberWorkspace = golden("members.result").result.workspaces[0];
const cleo: Member = {
    peerId: "peer-c",
    name: "Cleo",
    device: "c",
    fingerprint: "cccc-cccc",
    role: "write",
    self: false,
};

describe("a name", () => {
    test.each([
        [["  Ada\u0301 ", "ada"], "Ad\u00e1"],
        [["", " ", "ada"], "ada"],
        [["🌐".repeat(65)], "🌐".repeat(64)],
        [[`${"x".repeat(63)} y`], "x".repeat(63)],
        [["", ""], undefined],
    ])("%j is %j", (wanted, name) => {
        expect(memberName(...wanted)).toBe(name);
    });
});

test.each([
    ["metalog2-abc", true],
    [" metalog2-abc\n", true],
    ["204817-lucky-harbor", true],
    ["204817 lucky harbor", true],
    ["metalog1-204817", false],
    ["lucky", false],
])("%j is for one person: %j", (invitation, expected) => {
    expect(isForOne(invitation)).toBe(expected);
});

describe("somebody who asks", () => {
    test("is told of with what is to be compared", () => {
        expect(asksText(asks)).toBe("Ben (ab2c-d3ef-gh4i-jk5l-mn6o) asks to be let in, to write.");
    });

    test("is let in, let in to read, or rejected", () => {
        expect(answers(asks)).toEqual([
            { label: "Let In", act: { kind: "answer", ...golden("memberAnswer.request").params } },
            { label: "Let In to Read", act: { kind: "answer", request: "ask-1c", approve: true, role: "read" } },
            { label: "Reject", act: { kind: "answer", request: "ask-1c", approve: false } },
        ]);
        expect(answers({ ...asks, role: "read" }).map(({ label }) => label)).toEqual(["Let In", "Reject"]);
    });
});

describe("the list", () => {
    const labels = (one: MemberWorkspace) =>
        lines(one).map(({ label, choices }) => [label, ...choices.map((choice) => choice.label)]);

    test("of the owner has decisions about everybody else", () => {
        const reader = { ...cleo, name: "Dan", role: "read" } as const;
        expect(labels({ ...owned, members: [...owned.members, cleo, reader] })).toEqual([
            ["$(bell) Ben", "Let In", "Let In to Read", "Reject"],
            ["$(person) Ada"],
            ["$(warning) Mallory", "Let Them Only Read", "Put Out"],
            ["$(person) Cleo", "Let Them Only Read", "Put Out"],
            ["$(person) Dan", "Let Them Write", "Put Out"],
        ]);
    });

    test("says who signed two histories, and of what", () => {
        const mallory = lines(owned).find(({ label }) => label.includes("Mallory"));
        expect(mallory?.detail).toMatch(/signed two different histories of plan\.canvasl$/);
    });

    test("of anybody else has the way out", () => {
        const workspace = { ...owned, role: "write" as const, asking: [], members: [cleo] };
        expect(labels(workspace)).toEqual([["$(person) Cleo"], ["$(sign-out) Leave", "Leave"]]);
        expect(lines(workspace).at(-1)?.choices[0]?.act).toEqual({
            kind: "leave",
            ...golden("memberLeave.request").params,
        });
        // Whoever was put out has no role.
        expect(labels({ ...workspace, role: null }).at(-1)).toEqual(["$(sign-out) Leave", "Leave"]);
    });
});
