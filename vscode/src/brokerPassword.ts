/** The password of a broker: asked for when the broker wants one, kept in VS Code's secret storage once it was right. */
import { commands, type Disposable, type ExtensionContext, window, workspace } from "vscode";
import { type LanguageClient, ResponseError, Trace } from "vscode-languageclient/node";
import { BAD_CREDENTIALS, BrokerPasswordRequest, type Connection } from "./protocol";
import type { Sidecar } from "./sidecar";

/** Whose password, and where. */
interface Account {
    readonly broker: string;
    readonly user: string;
}

const KEPT = "accounts whose passwords are kept";

/** Hands passwords to each sidecar whose broker wants one. */
export class BrokerPassword implements Disposable {
    private readonly parts: Disposable[];
    private readonly wanting = new Map<string, Account>();
    private readonly asking = new Set<string>();
    /** Brokers whose password the person did not give; they are not asked again by themselves. */
    private readonly declined = new Set<string>();

    constructor(
        private readonly sidecar: Sidecar,
        private readonly context: Pick<ExtensionContext, "secrets" | "globalState">,
        private readonly warn: (message: string) => void,
    ) {
        this.parts = [
            sidecar.onNotification(({ method, params }) => {
                if (method === "meta-log/connection") {
                    this.hear(params);
                }
            }),
            sidecar.onEnd(() => {
                this.wanting.clear();
                this.declined.clear();
            }),
            commands.registerCommand("meta-log.setBrokerPassword", () => this.set()),
            commands.registerCommand("meta-log.forgetBrokerPassword", () => this.forget()),
        ];
    }

    dispose(): void {
        for (const part of this.parts) {
            part.dispose();
        }
    }

    private hear(connection: Connection): void {
        const { broker, passwordOf: user } = connection;
        if (!user) {
            this.wanting.delete(broker);
            return;
        }
        const account = { broker, user };
        this.wanting.set(broker, account);
        if (!this.asking.has(broker) && !this.declined.has(broker)) {
            this.give(account, true).catch((error) => this.warn(`the password for ${broker}: ${error}`));
        }
    }

    /** Gives passwords until one is right or the person gives up. */
    private async give(account: Account, useKept: boolean): Promise<void> {
        const { broker } = account;
        this.asking.add(broker);
        try {
            const client = await this.sidecar.client();
            const kept = useKept ? await this.context.secrets.get(keyOf(account)) : undefined;
            if (kept !== undefined && (await letsIn(client, broker, kept))) {
                return;
            }
            for (let wrong = kept !== undefined; ; wrong = true) {
                const typed = await ask(account, wrong);
                if (!typed) {
                    this.declined.add(broker);
                    return;
                }
                if (await letsIn(client, broker, typed)) {
                    await this.keep(account, typed);
                    return;
                }
            }
        } finally {
            this.asking.delete(broker);
        }
    }

    private async keep(account: Account, password: string): Promise<void> {
        await this.context.secrets.store(keyOf(account), password);
        await this.context.globalState.update(KEPT, [...this.others(account), account]);
    }

    /** The accounts whose passwords are kept, but for this one. */
    private others(account: Account): Account[] {
        return this.accounts().filter((each) => keyOf(each) !== keyOf(account));
    }

    private accounts(): readonly Account[] {
        return this.context.globalState.get<readonly Account[]>(KEPT, []);
    }

    /** The person's command: for a broker that wants one at once, or else for the next time. */
    private async set(): Promise<void> {
        const wanting = [...this.wanting.values()].filter(({ broker }) => !this.asking.has(broker));
        const account = await choose(wanting.length > 0 ? wanting : this.accounts(), "Whose password?");
        if (account === undefined) {
            return;
        }
        if (this.wanting.has(account.broker)) {
            await this.give(account, false);
            return;
        }
        const typed = await ask(account, false);
        if (typed) {
            await this.keep(account, typed);
        }
    }

    private async forget(): Promise<void> {
        const account = await choose(this.accounts(), "Forget whose password?");
        if (account !== undefined) {
            await this.context.secrets.delete(keyOf(account));
            await this.context.globalState.update(KEPT, this.others(account));
            void window.showInformationMessage(
                `The password of ${account.user} at ${account.broker} is forgotten. A sidecar that runs still has it.`,
            );
        }
    }
}

function keyOf(account: Account): string {
    return `password of ${account.user} at ${account.broker}`;
}

async function choose(accounts: readonly Account[], title: string): Promise<Account | undefined> {
    if (accounts.length <= 1) {
        if (accounts.length === 0) {
            void window.showInformationMessage(
                "No broker wants a password, and none is kept. It is asked for as soon as a broker wants it.",
            );
        }
        return accounts[0];
    }
    const items = accounts.map((account) => ({ label: account.user, description: account.broker, account }));
    return (await window.showQuickPick(items, { title }))?.account;
}

function ask(account: Account, wrong: boolean): Thenable<string | undefined> {
    return window.showInputBox({
        title: "Connect to Your Broker",
        prompt: `${wrong ? "That was not it. " : ""}The password of ${account.user} at ${account.broker}`,
        password: true,
        ignoreFocusOut: true,
    });
}

/** Whether this password was right. It is kept out of the trace of messages that a person may have switched on. */
async function letsIn(client: LanguageClient, broker: string, password: string): Promise<boolean> {
    await client.setTrace(Trace.Off);
    try {
        await client.sendRequest(BrokerPasswordRequest, { broker, password });
        return true;
    } catch (refusal) {
        if (refusal instanceof ResponseError && refusal.code === BAD_CREDENTIALS) {
            return false;
        }
        throw refusal;
    } finally {
        await client.setTrace(Trace.fromString(workspace.getConfiguration("meta-log").get("trace.server", "off")));
    }
}
