import { expect, test } from "vitest";
import { COLOURS, doing, moved, movedByAll, nameOf } from "../../src/where";

const ADA = {
    peerId: `peer-${"a".repeat(40)}`,
    name: "Ada",
    selections: [],
    focused: true,
    idle: false,
    colour: 1,
};

test("a caret goes behind what is inserted at it, and stays with its text", () => {
    const insert = (rangeOffset: number, text: string) => ({ rangeOffset, rangeLength: 0, text });
    expect(moved(5, insert(5, "ab"))).toBe(7);
    expect(moved(5, insert(4, "ab"))).toBe(7);
    expect(moved(5, insert(6, "ab"))).toBe(5);
});

test("a caret in deleted text goes where that was", () => {
    expect(moved(5, { rangeOffset: 3, rangeLength: 4, text: "" })).toBe(3);
    expect(moved(5, { rangeOffset: 3, rangeLength: 4, text: "xy" })).toBe(5);
    expect(moved(9, { rangeOffset: 3, rangeLength: 4, text: "xy" })).toBe(7);
    expect(moved(2, { rangeOffset: 3, rangeLength: 4, text: "xy" })).toBe(2);
});

test("changes made as one count in the text before them, in any order", () => {
    const changes = [
        { rangeOffset: 0, rangeLength: 0, text: "ab" },
        { rangeOffset: 6, rangeLength: 2, text: "" },
        { rangeOffset: 3, rangeLength: 0, text: "c" },
    ];
    expect(movedByAll(10, changes)).toBe(11);
    expect(movedByAll(10, [...changes].reverse())).toBe(11);
    expect(movedByAll(7, changes)).toBe(9);
    expect(movedByAll(2, changes)).toBe(4);
});

test("people without a name are called by their ids", () => {
    expect(nameOf(ADA)).toBe("Ada");
    expect(nameOf({ ...ADA, name: null })).toBe("peer-aaaaaaaa");
    expect([doing(ADA), doing({ ...ADA, idle: true }), doing({ ...ADA, focused: false })]).toEqual([
        "here",
        "idle",
        "elsewhere",
    ]);
});

test("there are eight colours, all different", () => {
    expect(new Set(COLOURS.map(([caret]) => caret)).size).toBe(8);
});
