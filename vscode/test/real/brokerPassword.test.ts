/** A real VS Code, a real sidecar, and a Mosquitto with users and TLS of an authority of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DrivenEditor } from "../driven-editor";
import { sidecarCommand, skipWithoutVsCode } from "./available";

const available = skipWithoutVsCode(
    sidecarCommand,
    ...["mosquitto", "mosquitto_passwd", "openssl"].map((name) => () => program(name)),
);
const PASSWORD = "c4nary of ada";
const TITLE = "Connect to Your Broker";

let folder: string;
let broker: ChildProcess;
let editor: DrivenEditor;
const said: string[] = [];

function program(name: string): string {
    const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
    const found = places.map((place) => join(place, name)).find((path) => existsSync(path));
    if (found === undefined) {
        throw new Error(`there is no ${name} (Debian: apt-get install mosquitto openssl)`);
    }
    return found;
}

async function freePort(): Promise<number> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    server.close();
    await once(server, "close");
    return typeof address === "object" && address !== null ? address.port : 0;
}

/** Gives its port. */
async function startMosquitto(): Promise<number> {
    const file = (name: string) => join(folder, name);
    const run = promisify(execFile);
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    const out = ["-keyout", file("key.pem"), "-out", file("cert.pem")];
    await run(program("openssl"), ["req", "-x509", ...curve, ...name, ...out]);
    await run(program("mosquitto_passwd"), ["-b", "-c", file("passwords"), "ada", PASSWORD]);
    const port = await freePort();
    const lines = [
        `listener ${port} 127.0.0.1`,
        `certfile ${file("cert.pem")}`,
        `keyfile ${file("key.pem")}`,
        "allow_anonymous false",
        `password_file ${file("passwords")}`,
        `user ${userInfo().username}`,
    ];
    await writeFile(file("mosquitto.conf"), `${lines.join("\n")}\n`);
    broker = spawn(program("mosquitto"), ["-c", file("mosquitto.conf")], { stdio: ["ignore", "ignore", "pipe"] });
    for await (const line of createInterface({ input: broker.stderr as NodeJS.ReadableStream })) {
        if (line.includes("running")) {
            break;
        }
    }
    return port;
}

beforeAll(async () => {
    if (!available) {
        return;
    }
    folder = await mkdtemp(join(tmpdir(), "meta-log-broker-"));
    const port = await startMosquitto();
    editor = await DrivenEditor.start(
        { META_LOG_HOME: join(folder, "home"), META_LOG_COMMAND: sidecarCommand() },
        {
            settings: {
                "meta-log.trace.server": "verbose",
                "meta-log.broker": `mqtts://localhost:${port}`,
                "meta-log.brokerUser": "ada",
                "meta-log.brokerCaFile": join(folder, "cert.pem"),
            },
            log: (line) => said.push(line),
        },
    );
});

afterAll(async () => {
    await editor?.quit();
    broker?.kill();
    if (folder !== undefined) {
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
});

async function answer(typed: string): Promise<void> {
    await editor.page.locator("input[type=password]:focus").waitFor();
    await editor.page.keyboard.insertText(typed);
    await editor.page.keyboard.press("Enter");
}

async function command(title: string): Promise<void> {
    const { keyboard } = editor.page;
    await keyboard.press("F1");
    await keyboard.type(title);
    await editor.page.getByRole("option", { name: title }).waitFor();
    await keyboard.press("Enter");
}

async function restart(): Promise<void> {
    await command("meta-log: Restart the Sidecar");
    await editor.event("sidecarEnded");
}

test("it is asked for until it is right, kept, forgotten on a wish, and never in a log", async () => {
    const { page } = editor;
    await answer("wrong");
    await page.getByText("That was not it.").waitFor();
    await answer(PASSWORD);
    await page.getByText(TITLE).waitFor({ state: "hidden" });
    await editor.call("federate");

    // The next sidecar is given what was kept.
    await restart();
    await editor.call("federate");
    expect(await page.getByText(TITLE).isVisible()).toBe(false);

    await command("meta-log: Forget the Broker's Password");
    await page.getByText("is forgotten").first().waitFor();
    await restart();
    await page.getByText(TITLE).waitFor();
    // Whoever gives none is not asked again by itself, and asks for it when they want to.
    await page.keyboard.press("Escape");
    await page.getByText(TITLE).waitFor({ state: "hidden" });
    expect((await editor.ask({ op: "federate" })).ok).not.toBe(true);
    expect(await page.getByText(TITLE).isVisible()).toBe(false);
    await command("meta-log: Set the Broker's Password");
    await answer(PASSWORD);
    await page.getByText(TITLE).waitFor({ state: "hidden" });
    await editor.call("federate");

    expect(said.length).toBeGreaterThan(0);
    expect(said.filter((line) => line.includes(PASSWORD))).toEqual([]);
});
