/** The commands people call. Each returns what the sidecar answered, for other extensions and for tests. */
import {
    commands,
    type Disposable,
    env,
    type LogOutputChannel,
    ProgressLocation,
    type QuickPickItem,
    Selection,
    Uri,
    window,
    workspace,
} from "vscode";
import { type LanguageClient, LSPErrorCodes, ResponseError } from "vscode-languageclient/node";
import { findDocument } from "./edits";
import { invite, members, ownName } from "./members";
import { isForOne } from "./membership";
import { blockPeer, tellSeparations, unblockPeer } from "./peers";
import { sendFile, sendMessage } from "./post";
import {
    type Invited,
    type Joined,
    type JoinParams,
    JoinRequest,
    LeaveRequest,
    MembersRequest,
    NEEDS_CONSENT,
    type Peer,
    type Shared,
    ShareRequest,
    type Status,
    StatusRequest,
} from "./protocol";
import type { Sidecar } from "./sidecar";
import { connectionText, documentIcon, documentText } from "./state";
import type { Store } from "./store";

/** The text of a joined document is in the sidecar already, so it comes at once or something is wrong. */
const ARRIVAL_MILLIS = 2_000;

/** Who waited longer to be let in does something else by now, and their keys go where they look. */
const PATIENCE_MILLIS = 15_000;

/** What the commands work with. */
export interface CommandContext {
    readonly sidecar: Sidecar;
    readonly store: Store;
    readonly log: LogOutputChannel;
}

/** The commands with arguments, as functions: VS Code's command service loses an error's code. */
export interface Commands {
    share(target?: unknown): Promise<Shared>;
    join(invitation?: string, target?: string): Promise<Joined | undefined>;
    leave(target?: unknown): Promise<void>;
}

export function createCommands(context: CommandContext): Commands {
    return {
        share: (target) => share(context, target),
        join: (invitation, target) => join(context, invitation, target),
        leave: (target) => leave(context, target),
    };
}

export function registerCommands(context: CommandContext, { share, join, leave }: Commands): Disposable[] {
    const register = <A extends unknown[], R>(name: string, run: (...args: A) => Promise<R>) =>
        commands.registerCommand(name, async (...args: A) => {
            try {
                return await run(...args);
            } catch (error) {
                tell(context.log, name, error);
                throw error;
            }
        });
    return [
        register("meta-log.share", share),
        register("meta-log.inviteLink", (target?: unknown) => inviteTo(context, "link", target)),
        register("meta-log.inviteCode", (target?: unknown) => inviteTo(context, "code", target)),
        register("meta-log.members", () => members(context)),
        register("meta-log.join", join),
        register("meta-log.openOffered", () => openOffered(context, join)),
        register("meta-log.leave", leave),
        register("meta-log.status", () => status(context)),
        register("meta-log.peers", () => peers(context)),
        register("meta-log.blockPeer", (target?: unknown) => blockPeer(context, target)),
        register("meta-log.unblockPeer", (target?: unknown) => unblockPeer(context, target)),
        register("meta-log.sendFile", (target?: unknown) => sendFile(context, documentUri(target))),
        register("meta-log.sendMessage", (target?: unknown, text?: string) => sendMessage(context, target, text)),
        register("meta-log.restart", () => context.sidecar.restart()),
        register("meta-log.showLog", async () => context.log.show()),
    ];
}

/** Lets the person choose among what members have and this folder has not. */
async function openOffered({ sidecar }: CommandContext, open: Commands["join"]): Promise<Joined | undefined> {
    const client = await sidecar.client();
    const { workspaces } = await client.sendRequest(MembersRequest);
    const offered = workspaces.flatMap((workspace) => workspace.offered);
    if (offered.length === 0) {
        throw new Error("no member who is here has a document that is not in this folder");
    }
    const chosen = await window.showQuickPick(
        offered.map(({ path, peerId, documentId }) => ({ label: path, description: peerId, documentId })),
        { title: "Open a Document of the Members" },
    );
    return chosen === undefined ? undefined : open(chosen.documentId);
}

function tell(log: LogOutputChannel, command: string, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    log.error(`${command}: ${message}`);
    // Not awaited: the command's caller is not to wait until the person closes the message.
    void window.showErrorMessage(`meta-log: ${message}`, "Show the Log").then((choice) => {
        if (choice !== undefined) {
            log.show(true);
        }
    });
}

async function share({ sidecar, log }: CommandContext, target?: unknown): Promise<Shared> {
    const uri = documentUri(target);
    await refuseOtherEncodings(uri);
    const client = await sidecar.client();
    const shared = await client.sendRequest(ShareRequest, { uri: uri.toString() });
    const where = await toClipboard(log, shared.invitation);
    void window.showInformationMessage(
        `${shared.path} is live. The invitation ${where}; whoever holds it can read and write the document: ${shared.invitation}`,
    );
    return shared;
}

/** Puts a text on the clipboard, and says where it is now. */
function toClipboard(log: LogOutputChannel, text: string): Promise<string> {
    return Promise.resolve(env.clipboard.writeText(text)).then(
        () => "is on the clipboard",
        (error) => {
            log.warn(`the clipboard: ${error}`);
            return "could not be put on the clipboard";
        },
    );
}

async function inviteTo(context: CommandContext, kind: "link" | "code", target?: unknown): Promise<Invited> {
    const uri = documentUri(target);
    await refuseOtherEncodings(uri);
    const invited = await invite(context, uri, kind);
    const where = await toClipboard(context.log, invited.invitation);
    const until = new Date(invited.expires).toLocaleString();
    void window.showInformationMessage(
        `The ${kind} for one person ${where}, and good until ${until}. You are asked before they are let in: ${invited.invitation}`,
    );
    return invited;
}

async function join({ sidecar }: CommandContext, invitation?: string, target?: string): Promise<Joined | undefined> {
    const text =
        invitation ??
        (await window.showInputBox({
            title: "Join a Document",
            prompt: "Paste the invitation that you were given, or type the code",
            ignoreFocusOut: true,
            validateInput: (value) => (value.trim() ? undefined : "An invitation is one line of text"),
        }));
    if (text === undefined) {
        return undefined;
    }
    const client = await sidecar.client();
    const name = isForOne(text) ? ownName() : undefined;
    const beginMillis = performance.now();
    const joined = await joinWithConsent(client, {
        invitation: text.trim(),
        ...(target === undefined ? {} : { uri: Uri.parse(target).toString() }),
        ...(name === undefined ? {} : { name }),
    });
    if (joined === undefined) {
        return undefined;
    }
    const uri = Uri.parse(joined.uri);
    const isNew = await createIfAbsent(uri);
    // Not by showTextDocument, which would keep the document for minutes after its tab was closed.
    await commands.executeCommand("vscode.open", uri, {
        preview: false,
        preserveFocus: performance.now() - beginMillis > PATIENCE_MILLIS,
    });
    if (isNew && joined.arrived) {
        await showStart(uri);
    }
    void window.showInformationMessage(
        joined.arrived
            ? `${joined.path} is live.`
            : `${joined.path} is joined. Its text comes as soon as a peer who has it is online.`,
    );
    return joined;
}

/** Joins; a file that programs obey only once the person has agreed. */
async function joinWithConsent(client: LanguageClient, params: JoinParams): Promise<Joined | undefined> {
    try {
        return await ask(client, params);
    } catch (refusal) {
        if (refusal instanceof ResponseError && refusal.code === LSPErrorCodes.RequestCancelled) {
            return undefined;
        }
        if (!(refusal instanceof ResponseError) || refusal.code !== NEEDS_CONSENT) {
            throw refusal;
        }
        const agreed = "Join All the Same";
        const answer = await window.showWarningMessage(refusal.message, { modal: true }, agreed);
        return answer === agreed ? client.sendRequest(JoinRequest, { ...params, allow: true }) : undefined;
    }
}

/** The owner may take minutes to let somebody in, so who waits sees that, and can end it. */
function ask(client: LanguageClient, params: JoinParams): Promise<Joined> {
    if (!isForOne(params.invitation)) {
        return client.sendRequest(JoinRequest, params);
    }
    return Promise.resolve(
        window.withProgress(
            { location: ProgressLocation.Notification, title: "Waiting to be let in", cancellable: true },
            (_, cancellation) => client.sendRequest(JoinRequest, params, cancellation),
        ),
    );
}

async function leave({ sidecar, store }: CommandContext, target?: unknown): Promise<void> {
    const uri = documentUri(target);
    const client = await sidecar.client();
    await client.sendRequest(LeaveRequest, { uri: uri.toString() });
    store.forget(uri);
    void window.showInformationMessage(`${workspace.asRelativePath(uri)} is no longer live here. Its text stays.`);
}

async function status({ sidecar, store }: CommandContext): Promise<Status> {
    const client = await sidecar.client();
    const answer = await client.sendRequest(StatusRequest);
    const { documents } = await store.refresh(client);
    const items: (QuickPickItem & { readonly uri?: Uri })[] = [
        { label: `$(key) ${answer.peerId}`, description: "this peer" },
        { label: `$(folder) ${answer.workspace}`, description: "workspace" },
        ...answer.connections.map((connection) => ({ label: `$(radio-tower) ${connectionText(connection)}` })),
        ...[...documents].map(([uri, document]) => ({
            label: `$(${documentIcon(document)}) ${document.path}`,
            description: `${documentText(document)}, ${document.peers} peers`,
            ...(document.explanation ? { detail: document.explanation } : {}),
            uri: Uri.parse(uri),
        })),
        ...answer.refused.map(({ kind, reason, count }) => ({
            label: `$(shield) ${count} refused`,
            description: `${kind}: ${reason}`,
        })),
        ...(answer.divergences.found > 0
            ? [
                  {
                      label: `$(git-compare) ${answer.divergences.found} found, ${answer.divergences.healed} healed`,
                      description: "another text out of the same events",
                  },
              ]
            : []),
    ];
    void window.showQuickPick(items, { title: "meta-log", placeHolder: "State of the sidecar" }).then((choice) => {
        if (choice?.uri !== undefined) {
            void commands.executeCommand("vscode.open", choice.uri);
        }
    });
    return answer;
}

async function peers({ sidecar, store, log }: CommandContext): Promise<readonly Peer[]> {
    const state = await store.refresh(await sidecar.client());
    await commands.executeCommand("meta-log.overview.focus");
    await tellSeparations({ sidecar, store, log });
    return [...state.peers.values()];
}

/** The document meant: an argument (a URI, its text, or a node of the tree), or else the one in front. */
function documentUri(target: unknown): Uri {
    if (target instanceof Uri) {
        return target;
    }
    if (typeof target === "string") {
        return Uri.parse(target);
    }
    if (typeof target === "object" && target !== null && "uri" in target && typeof target.uri === "string") {
        return Uri.parse(target.uri);
    }
    const uri = window.activeTextEditor?.document.uri;
    if (uri === undefined) {
        throw new Error("No document is open. Open the document first.");
    }
    return uri;
}

/** What is shared is saved as UTF-8. VS Code shows what is not as U+FFFD, and saving that would destroy the file. */
async function refuseOtherEncodings(uri: Uri): Promise<void> {
    const bytes = await Promise.resolve(workspace.fs.readFile(uri)).catch(() => undefined);
    try {
        new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        throw new Error(
            `${workspace.asRelativePath(uri)} is not UTF-8 and was not shared. Save it with that encoding first.`,
        );
    }
}

/**
 * The sidecar names the file; the editor can only open one that exists. An existing file is left as it is.
 *
 * @returns whether the file was made
 */
async function createIfAbsent(uri: Uri): Promise<boolean> {
    if (uri.scheme !== "file" || findDocument(uri) !== undefined) {
        return false;
    }
    try {
        await workspace.fs.stat(uri);
        return false;
    } catch {
        await workspace.fs.writeFile(uri, new Uint8Array());
        return true;
    }
}

/**
 * The text of a joined document arrives at the caret of the empty editor and pushes it to the bottom. It is put back to
 * the start, where a document that is opened has it.
 */
async function showStart(uri: Uri): Promise<void> {
    await textArrived(uri);
    const editor = window.activeTextEditor;
    if (editor?.document.uri.toString() === uri.toString() && editor.selection.isEmpty) {
        editor.selection = new Selection(0, 0, 0, 0);
    }
}

/** Resolved when the document shows some text, or when that takes too long to wait for. */
async function textArrived(uri: Uri): Promise<void> {
    await new Promise<void>((resolve) => {
        const check = () => {
            if (findDocument(uri)?.getText()) {
                clearTimeout(timer);
                listener.dispose();
                resolve();
            }
        };
        const listener = workspace.onDidChangeTextDocument(check);
        const timer = setTimeout(() => {
            listener.dispose();
            resolve();
        }, ARRIVAL_MILLIS);
        check();
    });
}
