/** Starts the sidecar, keeps it running, and speaks with it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type Disposable, EventEmitter, env, type LogOutputChannel, version, workspace } from "vscode";
import {
    CloseAction,
    type DynamicFeature,
    ErrorAction,
    LanguageClient,
    type LanguageClientOptions,
    RevealOutputChannelOn,
    type StaticFeature,
} from "vscode-languageclient/node";
import { DOCUMENT_SELECTOR, OpenDocuments } from "./documents";
import { applyEdit } from "./edits";
import type { Command } from "./launch";
import { NOTIFICATION_METHODS, type Notification, type Options, PROTOCOL_VERSION } from "./protocol";
import type { Phase } from "./state";

const FIRST_DELAY_MILLIS = 250;
const LONGEST_DELAY_MILLIS = 30_000;
/** A sidecar that ran this long was healthy: its end starts the back-off anew. */
const HEALTHY_MILLIS = 10_000;
const STOP_MILLIS = 2_000;
/** Answers `initialize` within this time or is taken for hung. The launcher may build the sidecar first. */
const START_MILLIS = 300_000;

/** Delay before the next start after a number of failures in a row. */
export function backOffMillis(failures: number): number {
    return Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.max(0, failures - 1));
}

/** One change of phase, with its reason for people. */
export interface PhaseChange {
    readonly phase: Phase;
    readonly reason: string;
}

/** One run of the sidecar: a process and the client that speaks with it. A restart makes a new one of each. */
export interface Run {
    readonly process: ChildProcess;
    readonly client: LanguageClient;
    readonly documents: OpenDocuments;
    readonly startedMillis: number;
    /** Resolved when the process is gone, whatever the cause. */
    readonly ended: Promise<string>;
    /** Why it could not be used, when it answered so. */
    failure?: string;
}

/**
 * The sidecar as the rest of the extension sees it.
 *
 * ```
 *             start             initialize answered
 *  stopped ──────────▶ starting ──────────────────▶ running
 *     ▲                 ▲    │                         │
 *     │ stop,           │    │ process ended           │ process ended
 *     │ from anywhere   │    ▼                         │
 *     └──────────────  waiting ◀───────────────────────┘
 * ```
 *
 * vscode-languageclient can restart a server itself, but gives up after some failures, for good when one happens during
 * start. So each run has its own client, and this class decides.
 */
export class Sidecar implements Disposable {
    private readonly phaseChanges = new EventEmitter<PhaseChange>();
    private readonly ends = new EventEmitter<{ readonly exitCode: number | null }>();
    private readonly notifications = new EventEmitter<Notification>();
    private phase: Phase = "stopped";
    private reason = "";
    private run: Run | undefined;
    private failures = 0;
    private timer: NodeJS.Timeout | undefined;

    readonly onPhase = this.phaseChanges.event;
    /** A process ended; the code is `null` when a signal ended it, or when it could not be started. */
    readonly onEnd = this.ends.event;
    readonly onNotification = this.notifications.event;

    constructor(
        private readonly log: LogOutputChannel,
        private readonly command: () => Command | undefined,
        private readonly wishes: () => Omit<Options, "protocolVersion" | "editorName">,
    ) {}

    /** Starts the sidecar unless it runs; during a back-off, at once. */
    start(): void {
        if (this.phase === "stopped" || this.phase === "waiting") {
            this.launch();
        }
    }

    /** The running client; waits while one starts. Rejects with what people should know. */
    async client(): Promise<LanguageClient> {
        this.start();
        if (this.phase === "starting") {
            await new Promise<void>((resolve) => {
                const listener = this.onPhase(({ phase }) => {
                    if (phase !== "starting") {
                        listener.dispose();
                        resolve();
                    }
                });
            });
        }
        if (this.phase !== "running" || this.run === undefined) {
            throw new Error(this.reason || "The sidecar does not run. See the log of meta-log.");
        }
        return this.run.client;
    }

    /** What runs now, for what is not worth waiting for. */
    get running(): Run | undefined {
        return this.phase === "running" ? this.run : undefined;
    }

    /** Ends the sidecar and does not start it again; resolved when the process is gone. */
    async stop(): Promise<void> {
        clearTimeout(this.timer);
        const run = this.run;
        this.run = undefined;
        const wasRunning = this.phase === "running";
        this.moveTo("stopped", "");
        if (run === undefined) {
            return;
        }
        if (wasRunning) {
            await run.client.stop(STOP_MILLIS).catch((error) => this.log.warn(`stopping: ${error}`));
        }
        // The sidecar ends at the end of its input, even one that is still starting.
        run.process.stdin?.end();
        const killers = [
            setTimeout(() => run.process.kill("SIGTERM"), STOP_MILLIS),
            setTimeout(() => run.process.kill("SIGKILL"), 2 * STOP_MILLIS),
        ];
        await run.ended;
        killers.forEach(clearTimeout);
    }

    async restart(): Promise<void> {
        await this.stop();
        this.failures = 0;
        this.start();
    }

    dispose(): void {
        void this.stop();
        this.phaseChanges.dispose();
        this.ends.dispose();
        this.notifications.dispose();
    }

    private moveTo(phase: Phase, reason: string): void {
        this.log.info(`${this.phase} → ${phase}${reason ? `: ${reason}` : ""}`);
        this.phase = phase;
        this.reason = reason;
        this.phaseChanges.fire({ phase, reason });
    }

    private launch(): void {
        clearTimeout(this.timer);
        const folder = workspaceFolder();
        if (folder === undefined) {
            this.moveTo("stopped", "Open a folder first: what is shared lies inside one.");
            return;
        }
        const command = this.command();
        if (command === undefined) {
            this.moveTo(
                "stopped",
                "The sidecar was not found. Set meta-log.command or META_LOG_COMMAND to the meta-log launcher.",
            );
            return;
        }
        this.moveTo("starting", [command.program, ...command.args].join(" "));
        const run = this.newRun(command, folder);
        this.run = run;
        void run.ended.then((reason) => this.ended(run, reason));
        void this.initialize(run);
    }

    private newRun(command: Command, folder: string): Run {
        const process = spawn(command.program, command.args, {
            cwd: folder,
            stdio: ["pipe", "pipe", "pipe"],
            // Command files of Windows run in a shell only.
            shell: /\.(cmd|bat)$/i.test(command.program),
        });
        const ended = new Promise<string>((resolve) => {
            process.once("error", (error) => resolve(`cannot start ${command.program}: ${error.message}`));
            process.once("exit", (code, signal) =>
                resolve(code === null ? `ended by ${signal}` : `ended with code ${code}`),
            );
        });
        // A write to a process that is gone is told by its end, too.
        process.stdin.on("error", (error) => this.log.warn(`writing to the sidecar: ${error.message}`));
        createInterface({ input: process.stderr }).on("line", (line) => {
            this.log.info(line);
            // The launcher tells here what it builds before the first start.
            if (this.phase === "starting" && this.run?.process === process) {
                this.phaseChanges.fire({ phase: "starting", reason: line });
            }
        });
        const documents = new OpenDocuments();
        const client = new SidecarClient("meta-log", "meta-log", () => Promise.resolve(process), {
            ...this.clientOptions(process),
            middleware: { ...documents.middleware, workspace: { handleApplyEdit: applyEdit } },
        });
        documents.attach(client);
        for (const method of NOTIFICATION_METHODS) {
            client.onNotification(method, (params) => this.notifications.fire({ method, params } as Notification));
        }
        return { process, client, documents, startedMillis: Date.now(), ended };
    }

    private clientOptions(process: ChildProcess): LanguageClientOptions {
        const options: Options = {
            protocolVersion: PROTOCOL_VERSION,
            editorName: `${env.appName} ${version}`.slice(0, 64),
            ...this.wishes(),
        };
        return {
            documentSelector: DOCUMENT_SELECTOR,
            initializationOptions: options,
            outputChannel: this.log,
            revealOutputChannelOn: RevealOutputChannelOn.Never,
            initializationFailedHandler: () => false,
            errorHandler: {
                // A stream that cannot be read or written stays so. The end of the process brings a new one.
                error: () => {
                    process.kill("SIGKILL");
                    return { action: ErrorAction.Continue, handled: true };
                },
                closed: () => {
                    process.kill();
                    return { action: CloseAction.DoNotRestart, handled: true };
                },
            },
        };
    }

    private async initialize(run: Run): Promise<void> {
        const hung = setTimeout(() => run.process.kill("SIGKILL"), START_MILLIS);
        try {
            await Promise.race([once(run.process, "spawn"), run.ended]);
            if (run.process.pid === undefined) {
                return;
            }
            await run.client.start();
            if (this.run === run) {
                this.moveTo("running", "");
                run.documents.openAll();
            }
        } catch (error) {
            run.failure = error instanceof Error ? error.message : String(error);
            this.log.warn(`the sidecar did not start: ${run.failure}`);
            run.process.kill();
        } finally {
            clearTimeout(hung);
        }
    }

    private ended(run: Run, reason: string): void {
        this.ends.fire({ exitCode: run.process.exitCode });
        run.documents.dispose();
        if (this.run !== run) {
            return;
        }
        this.run = undefined;
        this.failures = Date.now() - run.startedMillis >= HEALTHY_MILLIS ? 1 : this.failures + 1;
        const delayMillis = backOffMillis(this.failures);
        const why = run.failure ?? reason;
        this.moveTo("waiting", `The sidecar is started again in ${delayMillis / 1000} s: ${why}`);
        this.timer = setTimeout(() => this.launch(), delayMillis);
    }
}

/** The folder that is worked in, or `undefined` when none is open, or none of this machine's. */
export function workspaceFolder(): string | undefined {
    return workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath;
}

/** What a stock client does beside text: only these are wanted. */
const FEATURES = new Set([
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/didClose",
    "workspace/didChangeWorkspaceFolders",
    "window/workDoneProgress/create",
]);

/**
 * A language client for text alone. The commands that the sidecar offers to stock clients would be registered under the
 * names of this extension's own, and fail; and nothing shall complete, format or rename.
 */
class SidecarClient extends LanguageClient {
    override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
        if ("registrationType" in feature && FEATURES.has(feature.registrationType.method)) {
            super.registerFeature(feature);
        }
    }

    /** Errors go to the log and the status bar; a window per failed start would be one too many. */
    override error(message: string, data?: unknown): void {
        super.error(message, data, false);
    }
}
