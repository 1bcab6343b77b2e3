/** The extension's root: makes the parts and joins them. */
import { statSync } from "node:fs";
import { type ExtensionContext, commands as editorCommands, window, workspace } from "vscode";
import { BrokerPassword } from "./brokerPassword";
import { type Commands, createCommands, registerCommands } from "./commands";
import { Comparison } from "./comparison";
import { findCommand } from "./launch";
import { MemberRequests, ownName } from "./members";
import { Passphrase } from "./passphrase";
import { Arrivals } from "./post";
import { Presence } from "./presence";
import type { Options } from "./protocol";
import { ReadOnly } from "./readOnly";
import { Sidecar, workspaceFolder } from "./sidecar";
import { Store } from "./store";
import { createOverview, createStatusItem, showMessage } from "./views";

let sidecar: Sidecar | undefined;

/** What other extensions and tests get: requests to the sidecar, and what it says. */
export interface Api {
    readonly sidecar: Sidecar;
    readonly store: Store;
    readonly presence: Presence;
    readonly commands: Commands;
}

export function activate(context: ExtensionContext): Api {
    const log = window.createOutputChannel("meta-log", { log: true });
    const settings = () => workspace.getConfiguration("meta-log");
    const command = () =>
        findCommand({
            setting: settings().get<string[]>("command", []),
            environment: process.env.META_LOG_COMMAND,
            extensionFolder: context.extensionPath,
            windows: process.platform === "win32",
            isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false,
        });
    const arrivals = new Arrivals(log);
    const wish = () => {
        const name = ownName();
        return settings().get<boolean>("presence.show", true) ? { presence: name === undefined ? {} : { name } } : {};
    };
    const broker = () => {
        const names = ["broker", "brokerUser", "brokerCaFile"] as const;
        const said = names.map((name) => [name, settings().get<string>(name, "")] as const);
        return Object.fromEntries(said.filter(([, value]) => value)) as Pick<Options, (typeof names)[number]>;
    };
    sidecar = new Sidecar(log, command, () => ({ ...broker(), ...wish() }));
    const store = new Store(sidecar);
    const presence = new Presence(sidecar, store);
    const commands = createCommands({ sidecar, store, log });
    context.subscriptions.push(
        log,
        sidecar,
        store,
        new Passphrase(sidecar, context.secrets, (message) => log.warn(message)),
        new BrokerPassword(sidecar, context, (message) => log.warn(message)),
        new MemberRequests(sidecar, (message) => log.warn(message)),
        new Comparison(sidecar, store, (message) => log.warn(message)),
        new ReadOnly(store, (message) => log.warn(message)),
        sidecar.onNotification((notification) => arrivals.hear(notification)),
        sidecar.onNotification(({ method, params }) => {
            if (method === "window/showMessage") {
                showMessage(params.type, params.message);
            }
        }),
        presence,
        editorCommands.registerCommand("meta-log.who", () => presence.choose()),
        ...createStatusItem(store),
        ...createOverview(store),
        ...registerCommands({ sidecar, store, log }, commands),
    );
    if (settings().get<boolean>("autoStart", true) && workspaceFolder() !== undefined) {
        sidecar.start();
    }
    return { sidecar, store, presence, commands };
}

/** VS Code waits for the sidecar to end, so that it can say good-bye to its peers. */
export async function deactivate(): Promise<void> {
    await sidecar?.stop();
    sidecar = undefined;
}
