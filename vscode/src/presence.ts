/** Shows where others are in a document, and tells where the person is. */
import {
    DecorationRangeBehavior,
    Disposable,
    OverviewRulerLane,
    Position,
    Range,
    Selection,
    StatusBarAlignment,
    type TextDocument,
    type TextEditor,
    type TextEditorDecorationType,
    TextEditorRevealType,
    Uri,
    window,
    workspace,
} from "vscode";
import { findDocument } from "./edits";
import type { Person, PresenceChanged } from "./protocol";
import type { Sidecar } from "./sidecar";
import type { Store } from "./store";
import { COLOURS, doing, movedByAll, nameOf } from "./where";

/** The shortest time between two reports of where the person is. */
const GAP_MILLIS = 50;
/** Carets and selections that are shown in one editor. */
const MOST_SHOWN = 128;

/** Somebody in a document; offsets move with the text until it is told anew. */
interface Present {
    readonly person: Person;
    spans: { anchor: number; head: number }[];
}

/** What the sidecar was told last: where, in offsets that move as others move them. */
interface Told {
    readonly document: TextDocument;
    readonly focused: boolean;
    spans: { anchor: number; head: number }[];
}

export class Presence implements Disposable {
    /** By URI. */
    private readonly present = new Map<string, Present[]>();
    private readonly styles = COLOURS.map(([caret, selection]) => new Style(caret, selection));
    private readonly status = window.createStatusBarItem("meta-log.who", StatusBarAlignment.Left);
    private readonly listeners: Disposable;
    private told: Told | undefined;
    private toldAtMillis = 0;
    private timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly sidecar: Sidecar,
        private readonly store: Store,
    ) {
        this.status.name = "meta-log: who is here";
        this.status.command = "meta-log.who";
        const soon = () => this.lookSoon();
        this.listeners = Disposable.from(
            sidecar.onNotification(({ method, params }) => {
                if (method === "meta-log/presenceChanged") {
                    this.hear(params);
                }
            }),
            sidecar.onPhase(({ phase }) => {
                if (phase !== "running") {
                    this.forgetAll();
                }
            }),
            store.onChange(() => {
                if (this.told === undefined) {
                    soon();
                }
            }),
            workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
                this.changed(document, (offset) => movedByAll(offset, contentChanges));
                soon();
            }),
            workspace.onDidCloseTextDocument((document) => this.closed(document)),
            window.onDidChangeTextEditorSelection(soon),
            window.onDidChangeWindowState(soon),
            window.onDidChangeActiveTextEditor(() => {
                soon();
                this.showStatus();
            }),
            window.onDidChangeVisibleTextEditors(() => this.showAll()),
            workspace.onDidChangeConfiguration(soon),
        );
    }

    /** Who else is in a document, and the offset of their caret. */
    others(document: TextDocument): { person: Person; at: number | undefined }[] {
        const present = this.present.get(document.uri.toString()) ?? [];
        return present.map(({ person, spans }) => ({ person, at: spans[0]?.head }));
    }

    /** Lets the person choose one of those who are in a document, and goes there. */
    async choose(): Promise<void> {
        const editor = window.activeTextEditor;
        const present = editor === undefined ? [] : (this.present.get(editor.document.uri.toString()) ?? []);
        if (editor === undefined || present.length === 0) {
            void window.showInformationMessage("meta-log: nobody else is seen in this document.");
            return;
        }
        const chosen = await window.showQuickPick(
            present.map((one) => ({
                label: nameOf(one.person),
                description: doing(one.person),
                detail: one.person.peerId,
                one,
            })),
            { title: "Who is here", placeHolder: "Go to where somebody is" },
        );
        const [span] = chosen?.one.spans ?? [];
        if (span !== undefined) {
            const at = editor.document.positionAt(span.head);
            editor.selection = new Selection(at, at);
            editor.revealRange(new Range(at, at), TextEditorRevealType.InCenterIfOutsideViewport);
        }
    }

    dispose(): void {
        clearTimeout(this.timer);
        this.listeners.dispose();
        this.status.dispose();
        for (const style of this.styles) {
            style.dispose();
        }
    }

    // Where others are

    private hear({ uri, version, people }: PresenceChanged): void {
        const document = findDocument(Uri.parse(uri));
        const key = Uri.parse(uri).toString();
        if (document === undefined || people.length === 0 || !setting("presence.show")) {
            this.present.delete(key);
        } else if (document.version === version) {
            this.present.set(
                key,
                people.map((person) => ({
                    person,
                    spans: person.selections.map(({ anchor, head }) => ({
                        anchor: document.offsetAt(new Position(anchor.line, anchor.character)),
                        head: document.offsetAt(new Position(head.line, head.character)),
                    })),
                })),
            );
        } else {
            // It is told again of the version that is here.
            return;
        }
        this.showAll();
    }

    private showAll(): void {
        for (const editor of window.visibleTextEditors) {
            this.show(editor);
        }
        this.showStatus();
    }

    private show(editor: TextEditor): void {
        const present = this.present.get(editor.document.uri.toString()) ?? [];
        let left = MOST_SHOWN;
        for (const [colour, style] of this.styles.entries()) {
            const ours = present.filter(({ person }) => person.colour % this.styles.length === colour);
            const spans = ours.flatMap(({ person, spans }) => spans.map((span) => ({ person, ...span })));
            style.show(editor, spans.slice(0, left));
            left = Math.max(0, left - spans.length);
        }
    }

    private showStatus(): void {
        const document = window.activeTextEditor?.document;
        const others = document === undefined ? [] : this.others(document);
        if (others.length === 0) {
            this.status.hide();
            return;
        }
        this.status.text = `$(person) ${others.length}`;
        this.status.tooltip = others.map(({ person }) => `${nameOf(person)} (${doing(person)})`).join("\n");
        this.status.accessibilityInformation = { label: `${others.length} others are in this document` };
        this.status.show();
    }

    private changed(document: TextDocument, move: (offset: number) => number): void {
        const all = [...(this.present.get(document.uri.toString()) ?? [])];
        const carried = this.told?.document === document ? [...all, this.told] : all;
        for (const one of carried) {
            one.spans = one.spans.map(({ anchor, head }) => ({ anchor: move(anchor), head: move(head) }));
        }
    }

    private closed(document: TextDocument): void {
        this.present.delete(document.uri.toString());
        if (this.told?.document === document) {
            this.told = undefined;
        }
        this.showStatus();
    }

    private forgetAll(): void {
        this.told = undefined;
        this.present.clear();
        this.showAll();
    }

    // Where the person is

    private lookSoon(): void {
        if (this.timer === undefined) {
            const wait = this.toldAtMillis + GAP_MILLIS - Date.now();
            this.timer = setTimeout(() => this.look(), Math.max(0, wait));
        }
    }

    private look(): void {
        this.timer = undefined;
        const editor = window.activeTextEditor;
        const isTold =
            editor !== undefined &&
            setting("presence.send") &&
            this.sidecar.running?.documents.isOpen(editor.document.uri) === true &&
            this.store.state.documents.has(editor.document.uri.toString());
        const last = this.told;
        if (last !== undefined && (!isTold || last.document !== editor.document)) {
            this.told = undefined;
            if (!last.document.isClosed) {
                this.tell({ ...last, focused: false }, setting("presence.send"));
            }
        }
        if (!isTold) {
            return;
        }
        const { document, selections } = editor;
        const now: Told = {
            document,
            focused: window.state.focused,
            spans: selections.map(({ anchor, active }) => ({
                anchor: document.offsetAt(anchor),
                head: document.offsetAt(active),
            })),
        };
        const same =
            this.told !== undefined &&
            this.told.focused === now.focused &&
            JSON.stringify(this.told.spans) === JSON.stringify(now.spans);
        if (!same) {
            this.told = now;
            this.tell(now, true);
        }
    }

    private tell({ document, focused, spans }: Told, isSeen: boolean): void {
        this.toldAtMillis = Date.now();
        const place = (offset: number) => {
            const { line, character } = document.positionAt(offset);
            return { line, character };
        };
        void this.sidecar.running?.client
            .sendNotification("meta-log/presence", {
                uri: document.uri.toString(),
                version: document.version,
                ...(isSeen
                    ? { selections: spans.map(({ anchor, head }) => ({ anchor: place(anchor), head: place(head) })) }
                    : {}),
                focused,
            })
            // A sidecar that is going hears nothing more; the next one is told anew.
            .catch(() => {});
    }
}

/** How one colour looks. */
class Style implements Disposable {
    private readonly caret: TextEditorDecorationType;
    private readonly selection: TextEditorDecorationType;
    private readonly label: TextEditorDecorationType;

    constructor(caret: string, selection: string) {
        this.caret = window.createTextEditorDecorationType({
            rangeBehavior: DecorationRangeBehavior.ClosedClosed,
            before: { contentText: "\u200b", border: `1px solid ${caret}`, margin: "0 -1px" },
            overviewRulerColor: caret,
            overviewRulerLane: OverviewRulerLane.Right,
        });
        this.selection = window.createTextEditorDecorationType({
            rangeBehavior: DecorationRangeBehavior.ClosedClosed,
            backgroundColor: selection,
        });
        // Behind the end of the line, where it moves no text.
        this.label = window.createTextEditorDecorationType({
            rangeBehavior: DecorationRangeBehavior.ClosedClosed,
            after: { color: caret, fontStyle: "italic", margin: "0 0 0 2em" },
        });
    }

    show(editor: TextEditor, spans: readonly { person: Person; anchor: number; head: number }[]): void {
        const { document } = editor;
        const at = (from: number, to: number) => new Range(document.positionAt(from), document.positionAt(to));
        editor.setDecorations(
            this.caret,
            spans.map(({ head, person }) => ({ range: at(head, head), hoverMessage: nameOf(person) })),
        );
        editor.setDecorations(
            this.selection,
            spans
                .filter(({ anchor, head }) => anchor !== head)
                .map(({ anchor, head, person }) => ({
                    range: at(Math.min(anchor, head), Math.max(anchor, head)),
                    hoverMessage: nameOf(person),
                })),
        );
        editor.setDecorations(
            this.label,
            spans.map(({ head, person }) => {
                const end = document.lineAt(document.positionAt(head).line).range.end;
                return { range: new Range(end, end), renderOptions: { after: { contentText: nameOf(person) } } };
            }),
        );
    }

    dispose(): void {
        this.caret.dispose();
        this.selection.dispose();
        this.label.dispose();
    }
}

function setting(name: "presence.send" | "presence.show"): boolean {
    return workspace.getConfiguration("meta-log").get<boolean>(name, true);
}
