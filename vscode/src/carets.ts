/**
 * How to insert remote text so that carets and selections stay with the text they belong to.
 *
 * VS Code keeps a caret by a marker that grows at both edges: text inserted exactly at a caret moves the caret behind it,
 * and text inserted at the end of a selection becomes part of the selection, so that the next key would delete it. A
 * caret that is moved so also mixes two people's words when both type at one place: each letter lands behind the other's
 * last. There is no option for it, and putting the selection back afterwards would race with the person's keys.
 *
 * But a marker at the start of a replaced range stays there. So text for such a place is written as a replacement of the
 * character behind it, by the text and that character again: the document becomes the same, and the caret stays, in one
 * step with the edit itself. Only at the very end of a document there is no such character, and the caret moves.
 */

/** What to do with text for one place. */
export type Insertion =
    /** Insert: nothing is there that could move. */
    | "plain"
    /** Carets and ends of selections stay before the new text: replace the character behind. */
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
 * @param replaceable whether a character follows that no other change of the same edit touches
 */
export function insertionAt(offset: number, selections: readonly Span[], replaceable: boolean): Insertion {
    const endsHere = selections.some((selection) => selection.end === offset);
    if (endsHere && replaceable) {
        return "keep-before";
    }
    const startsHere = selections.some((selection) => selection.start === offset && selection.end > offset);
    return startsHere && !endsHere ? "push" : "plain";
}
