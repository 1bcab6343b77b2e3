/**
 * How to insert remote text so that carets and selections stay with the text they belong to.
 *
 * VS Code keeps a caret by a marker that grows at both edges: text inserted exactly at a caret moves the caret behind it,
 * and text inserted at the end of a selection becomes part of the selection, so that the next key would delete it. A
 * caret that is moved so also mixes two people's words when both type at one place: each letter lands behind the other's
 * last. There is no option for it, and putting the selection back afterwards would race with the person's keys.
 *
 * But markers at the end of a replaced range stay where the range ended when the new text is longer. So text inserted at
 * a caret is written as a replacement of the character before it by that character and the text: the document becomes
 * the same, and the caret stays, in one step with the edit itself.
 */

/** Where text goes in: a caret or selection end that must not move. */
export type Insertion =
    /** Nothing is there that could move. */
    | "plain"
    /** Carets and ends of selections stay before the new text: replace the character before. */
    | "keep-before"
    /** Selections that start here stay on their own text: push them along. */
    | "push";

/** A selection by offsets, `start` ≤ `end`; a caret when they are equal. */
export interface Span {
    readonly start: number;
    readonly end: number;
}

/**
 * How to insert at `offset`.
 *
 * @param previousEnd where the edit before this one in the document ends, or -1: what it replaces cannot be replaced twice
 */
export function insertionAt(offset: number, selections: readonly Span[], previousEnd: number): Insertion {
    const endsHere = selections.some((selection) => selection.end === offset);
    if (endsHere && offset > 0 && previousEnd < offset) {
        return "keep-before";
    }
    const startsHere = selections.some((selection) => selection.start === offset && selection.end > offset);
    return startsHere && !endsHere ? "push" : "plain";
}
