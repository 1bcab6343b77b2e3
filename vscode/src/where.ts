/** Where people are in a text, and what becomes of that when the text changes; no part of VS Code's own. */
import type { Person } from "./protocol";

/** One change of a text, in offsets of the text before it. */
export interface OffsetChange {
    readonly rangeOffset: number;
    readonly rangeLength: number;
    readonly text: string;
}

/**
 * Where a caret is after a change: behind what is inserted right at it, as if its owner had typed that. All peers move
 * carets by this rule, so only who is somewhere else has to say so.
 */
export function moved(offset: number, { rangeOffset, rangeLength, text }: OffsetChange): number {
    return offset < rangeOffset ? offset : Math.max(rangeOffset, offset - rangeLength) + text.length;
}

/** The same for changes as VS Code tells them: all of them in offsets of one text, in any order. */
export function movedByAll(offset: number, changes: readonly OffsetChange[]): number {
    return [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset).reduce(moved, offset);
}

/** What to call somebody. */
export function nameOf({ name, peerId }: Person): string {
    return name || peerId.slice(0, 13);
}

/** A few words on what somebody does. */
export function doing({ focused, idle }: Person): string {
    return focused ? (idle ? "idle" : "here") : "elsewhere";
}

/** Of a caret, and of a selection: those of Okabe and Ito, which people who are colour-blind can tell apart. */
export const COLOURS: readonly (readonly [string, string])[] = [
    ["#e69f00", "#e69f0055"],
    ["#56b4e9", "#56b4e955"],
    ["#009e73", "#009e7355"],
    ["#f0e442", "#f0e44255"],
    ["#0072b2", "#0072b255"],
    ["#d55e00", "#d55e0055"],
    ["#cc79a7", "#cc79a755"],
    ["#999999", "#99999955"],
];
