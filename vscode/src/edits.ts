/** Applies the sidecar's edits: a document's edit at its version, whole or not at all, as one undo step. */
import {
    type Position,
    Range,
    type TextDocument,
    type TextEditor,
    type TextEditorEdit,
    Uri,
    WorkspaceEdit,
    window,
    workspace,
} from "vscode";
import {
    type ApplyWorkspaceEditParams,
    type ApplyWorkspaceEditResult,
    TextDocumentEdit,
} from "vscode-languageclient/node";
import { insertionAt } from "./carets";

interface TextChange {
    readonly range: Range;
    readonly text: string;
}

/**
 * Answers `workspace/applyEdit`. vscode-languageclient's own way is not used for two reasons: it opens documents that are
 * not open, and it calls `workspace.applyEdit`, which lets the active editor's edits pass through a worker and applies
 * them afterwards without looking at the version again, so that an edit may land on text it was not made for.
 * `TextEditor.edit` compares the version in the very step that changes the text.
 */
export async function applyEdit(params: ApplyWorkspaceEditParams): Promise<ApplyWorkspaceEditResult> {
    const [change, ...others] = params.edit.documentChanges ?? [];
    if (change === undefined || others.length > 0 || !TextDocumentEdit.is(change)) {
        return refused("an edit has to name exactly one document in documentChanges");
    }
    const { version, uri } = change.textDocument;
    const document = findDocument(Uri.parse(uri));
    if (document === undefined) {
        return refused(`${uri} is not open in this editor`);
    }
    if (document.version !== version) {
        return refused(`${uri} is at version ${document.version}, the edit is for version ${version}`);
    }
    const changes: TextChange[] = [];
    for (const edit of change.edits) {
        if (!("newText" in edit)) {
            return refused("snippets are not supported");
        }
        const { start, end } = edit.range;
        const range = new Range(start.line, start.character, end.line, end.character);
        if (!document.validateRange(range).isEqual(range)) {
            return refused(`${uri} has no range ${start.line}:${start.character}-${end.line}:${end.character}`);
        }
        changes.push({ range, text: edit.newText });
    }
    return apply(document, version, changes);
}

/** The open document with this URI. */
export function findDocument(uri: Uri): TextDocument | undefined {
    const wanted = uri.toString();
    return workspace.textDocuments.find((document) => document.uri.toString() === wanted);
}

async function apply(
    document: TextDocument,
    version: number,
    changes: readonly TextChange[],
): Promise<ApplyWorkspaceEditResult> {
    const editor = editorOf(document);
    let accepted = editor !== undefined && (await editIn(editor, changes));
    // The editor may have been closed meanwhile. Its document is the same as long as the version is.
    if (!accepted && document.version === version) {
        accepted = await editUnseen(document, changes);
    }
    if (!accepted) {
        return refused(`the text changed while the edit for version ${version} was on its way`);
    }
    // A read-only editor says yes and does nothing.
    return document.version > version ? { applied: true } : refused("the document cannot be changed");
}

function editorOf(document: TextDocument): TextEditor | undefined {
    const active = window.activeTextEditor;
    return active?.document === document
        ? active
        : window.visibleTextEditors.find((editor) => editor.document === document);
}

async function editIn(editor: TextEditor, changes: readonly TextChange[]): Promise<boolean> {
    try {
        return await editor.edit((builder) => write(builder, editor.document, changes), {
            undoStopBefore: true,
            undoStopAfter: true,
        });
    } catch (error) {
        // A disposed editor rejects; the caller then goes by the document.
        console.warn(`meta-log: ${error}`);
        return false;
    }
}

/** For documents that no editor shows: nobody types in them, and nothing but the version has to be kept. */
async function editUnseen(document: TextDocument, changes: readonly TextChange[]): Promise<boolean> {
    const edit = new WorkspaceEdit();
    for (const { range, text } of changes) {
        edit.replace(document.uri, range, text);
    }
    return workspace.applyEdit(edit);
}

function write(builder: TextEditorEdit, document: TextDocument, changes: readonly TextChange[]): void {
    const spans = window.visibleTextEditors
        .filter((editor) => editor.document === document)
        .flatMap((editor) => editor.selections)
        .map(({ start, end }) => ({ start: document.offsetAt(start), end: document.offsetAt(end) }));
    const ends = changes.map(({ range }) => document.offsetAt(range.end));
    for (const [index, { range, text }] of changes.entries()) {
        if (!range.isEmpty) {
            builder.replace(range, text);
            continue;
        }
        const offset = document.offsetAt(range.start);
        const previousEnd = Math.max(-1, ...ends.filter((end, other) => other !== index && end <= offset));
        switch (insertionAt(offset, spans, previousEnd)) {
            case "plain":
                builder.replace(range, text);
                break;
            case "push":
                builder.insert(range.start, text);
                break;
            case "keep-before": {
                const before = new Range(previous(document, range.start), range.start);
                builder.replace(before, document.getText(before) + text);
                break;
            }
        }
    }
}

/** The position one character earlier; a surrogate pair and a line break count as one. */
function previous(document: TextDocument, position: Position): Position {
    if (position.character === 0) {
        return document.lineAt(position.line - 1).range.end;
    }
    const { text } = document.lineAt(position.line);
    const lowSurrogate = /[\uDC00-\uDFFF]/.test(text.charAt(position.character - 1));
    const highSurrogate = /[\uD800-\uDBFF]/.test(text.charAt(position.character - 2));
    return position.translate(0, lowSurrogate && highSurrogate ? -2 : -1);
}

function refused(failureReason: string): ApplyWorkspaceEditResult {
    return { applied: false, failureReason };
}
