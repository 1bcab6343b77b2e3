/** The extension's root: makes the parts and joins them. */
import { statSync } from "node:fs";
import { type ExtensionContext, window, workspace } from "vscode";
import { registerCommands } from "./commands";
import { Comparison } from "./comparison";
import { findCommand } from "./launch";
import { Sidecar } from "./sidecar";
import { Store } from "./store";
import { createOverview, createStatusItem } from "./views";

let sidecar: Sidecar | undefined;

export function activate(context: ExtensionContext): void {
    const log = window.createOutputChannel("meta-log", { log: true });
    const settings = () => workspace.getConfiguration("meta-log");
    const command = () =>
        findCommand({
            setting: settings().get<string[]>("command", []),
            environment: process.env["META_LOG_COMMAND"],
            extensionFolder: context.extensionPath,
            windows: process.platform === "win32",
            isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
        });
    sidecar = new Sidecar(log, command, () => settings().get<string>("broker", ""));
    const store = new Store(sidecar);
    context.subscriptions.push(
        log,
        sidecar,
        store,
        new Comparison(sidecar, store, (message) => log.warn(message)),
        ...createStatusItem(store),
        ...createOverview(store),
        ...registerCommands({ sidecar, store, log }),
    );
    if (settings().get<boolean>("autoStart", true)) {
        sidecar.start();
    }
}

/** VS Code waits for the sidecar to end, so that it can say good-bye to its peers. */
export async function deactivate(): Promise<void> {
    await sidecar?.stop();
    sidecar = undefined;
}
