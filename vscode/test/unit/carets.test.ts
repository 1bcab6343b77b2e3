import { expect, test } from "vitest";
import { insertionAt } from "../../src/carets";

test("text where no caret is goes in plainly", () => {
    expect(insertionAt(5, [], true)).toBe("plain");
    expect(insertionAt(5, [{ start: 4, end: 6 }], true)).toBe("plain");
    expect(insertionAt(5, [{ start: 6, end: 6 }], true)).toBe("plain");
});

test("carets and ends of selections stay before the text", () => {
    expect(insertionAt(5, [{ start: 5, end: 5 }], true)).toBe("keep-before");
    expect(insertionAt(5, [{ start: 2, end: 5 }], true)).toBe("keep-before");
});

test("selections that start there are pushed along", () => {
    expect(insertionAt(5, [{ start: 5, end: 7 }], true)).toBe("push");
    expect(insertionAt(5, [{ start: 5, end: 7 }], false)).toBe("push");
});

test("a caret counts more than a selection that starts there", () => {
    const both = [
        { start: 5, end: 7 },
        { start: 2, end: 5 },
    ];
    expect(insertionAt(5, both, true)).toBe("keep-before");
});

test("without a character to replace the caret has to move", () => {
    expect(insertionAt(5, [{ start: 5, end: 5 }], false)).toBe("plain");
});
