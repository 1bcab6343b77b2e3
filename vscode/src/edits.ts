/** Applies the sidecar's edits: a document's edit at its version, whole or not at all, as one undo step. */
import {
    Position,
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
    // The editor may have been closed meanwhile, or be one for reading only, which says yes and does nothing. Its document is
    // the same as long as the version is.
    if (document.version === version) {
        accepted = await editUnseen(document, changes);
    }
    if (!accepted) {
        return refused(`the text changed while the edit for version ${version} was on its way`);
    }
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
    for (const change of changes) {
        const { range, text } = change;
        if (!range.isEmpty) {
            builder.replace(range, text);
            continue;
        }
        const behind = characterBehind(document, range.start);
        const touched = changes.some((other) => other !== change && other.range.intersection(behind) !== undefined);
        switch (insertionAt(document.offsetAt(range.start), spans, !behind.isEmpty && !touched)) {
            case "plain":
                // Not `insert`, which pushes every marker along.
                builder.replace(range, text);
                break;
            case "push":
                builder.insert(range.start, text);
                break;
            case "keep-before":
                builder.replace(behind, text + document.getText(behind));
                break;
        }
    }
}

/** The range of the character at a position; a surrogate pair and a line break are one. Empty at the document's end. */
function characterBehind(document: TextDocument, position: Position): Range {
    const { text } = document.lineAt(position.line);
    if (position.character === text.length) {
        return document.validateRange(new Range(position, new Position(position.line + 1, 0)));
    }
    const length = (text.codePointAt(position.character) ?? 0) > 0xffff ? 2 : 1;
    return new Range(position, position.translate(0, length));
}

function refused(failureReason: string): ApplyWorkspaceEditResult {
    return { applied: false, failureReason };
}
