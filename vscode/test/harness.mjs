/**
 * Starts a real Visual Studio Code: VS Code's own server with a fresh data folder, and Chromium as its window. The
 * extension under test runs in the server's extension host, which is real Node and starts real sidecars.
 */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const TEST_FOLDER = dirname(fileURLToPath(import.meta.url));
const EXTENSION_FOLDER = dirname(TEST_FOLDER);
const START_MILLIS = 60_000;

const CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/** The window is a browser's, but shall behave as the desktop's does, and may not answer questions by itself. */
const SETTINGS = {
    // On by default in a browser only.
    "files.autoSave": "off",
    // Otherwise VS Code asks whether to remove U+2028 and U+2029, and in a test run says yes itself.
    "editor.unusualLineTerminators": "off",
    "workbench.startupEditor": "none",
};

/**
 * Where VS Code's server is: what was asked for, META_LOG_CODE_SERVER, or where `.ci/install-code-server` is told to put
 * it by `.ci/run`.
 *
 * @param {string | undefined} asked
 * @returns {string} the folder with `out/server-main.js`
 */
export function findServer(asked) {
    const folders = [asked, process.env.META_LOG_CODE_SERVER, join(EXTENSION_FOLDER, "..", "target", "code-server")];
    for (const folder of folders) {
        for (const candidate of folder ? [join(folder, "vscode"), folder] : []) {
            if (existsSync(join(candidate, "out", "server-main.js"))) {
                return resolve(candidate);
            }
        }
    }
    throw new Error(
        "VS Code's server is not installed: run .ci/install-code-server FOLDER and set META_LOG_CODE_SERVER=FOLDER",
    );
}

/** @returns {string} the browser's program */
export function findChromium() {
    const candidates = [process.env.META_LOG_CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];
    const found = candidates.find((path) => path && existsSync(path));
    if (!found) {
        throw new Error("Chromium is not installed: install Debian's chromium or set META_LOG_CHROMIUM");
    }
    return found;
}

/**
 * @typedef {object} VsCode
 * @property {import("playwright-core").Page} page the window
 * @property {Promise<number>} exited the code that the test entry ended with; 1 when the server ended before
 * @property {() => Promise<void>} close ends all processes and removes the data folder
 */

/**
 * @param {object} options
 * @param {string} options.workspace the folder to open
 * @param {string} [options.codeServer] see {@link findServer}
 * @param {string} [options.vsix] install this package, instead of loading the extension from its folder
 * @param {string} [options.entry] what to run inside the extension host: a module with `run()`
 * @param {NodeJS.ProcessEnv} [options.env] added to this process's environment
 * @param {Record<string, unknown>} [options.settings] the settings of the machine, beside {@link SETTINGS}
 * @param {(line: string) => void} [options.log] what the server and the window's console say
 * @returns {Promise<VsCode>}
 */
export async function startVsCode(options) {
    const { log = () => {} } = options;
    const server = findServer(options.codeServer);
    const executablePath = findChromium();
    const folder = await realpath(options.workspace);
    const data = await mkdtemp(join(tmpdir(), "meta-log-vscode-"));
    await mkdir(join(data, "data", "Machine"), { recursive: true });
    await writeFile(
        join(data, "data", "Machine", "settings.json"),
        JSON.stringify({ ...SETTINGS, ...options.settings }),
    );
    const env = { ...process.env, ...options.env };
    // Marks of the VS Code that this may be running in would confuse the one under test.
    for (const name of Object.keys(env)) {
        if (name.startsWith("VSCODE_") || name === "ELECTRON_RUN_AS_NODE") {
            delete env[name];
        }
    }

    const program = join(server, "out", "server-main.js");
    const folders = ["--server-data-dir", data, "--extensions-dir", join(data, "extensions")];
    if (options.vsix) {
        await promisify(execFile)(process.execPath, [program, ...folders, "--install-extension", options.vsix], {
            env,
        });
    }
    const child = spawn(
        process.execPath,
        [
            ...["--import", join(TEST_FOLDER, "end-with-parent.mjs"), program],
            ...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--accept-server-license-terms"],
            ...[...folders, "--telemetry-level", "off", "--disable-workspace-trust", "--enable-smoke-test-driver"],
        ],
        // A process group of its own, so that everything it starts can be ended with it.
        { env, stdio: ["pipe", "pipe", "pipe"], detached: true },
    );
    const gone = new Promise((done) => child.once("exit", done));
    /** @type {import("playwright-core").Browser | undefined} */
    let browser;
    const close = async () => {
        await browser?.close().catch((error) => log(`closing the browser: ${error}`));
        child.stdin.end();
        await gone;
        await rm(data, { recursive: true, force: true, maxRetries: 5 });
    };

    try {
        const port = await listeningPort(child, log);
        browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGUMENTS });
        const context = await browser.newContext({ viewport: { width: 1200, height: 760 } });
        const origin = `http://127.0.0.1:${port}`;
        await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin });
        const page = await context.newPage();
        page.on("console", (message) => log(`window: ${message.text()}`));
        const exited = new Promise((done) => {
            void gone.then(() => done(1));
            page.once("close", () => done(1));
            void page.exposeFunction("codeAutomationExit", (/** @type {number} */ code) => done(code));
        });
        await page.exposeFunction("codeAutomationLog", (/** @type {string} */ type, /** @type {unknown[]} */ args) =>
            log(`window ${type}: ${args.join(" ")}`),
        );
        const remote = (/** @type {string} */ path) => `vscode-remote://127.0.0.1:${port}${path}`;
        const payload = [
            ["extensionDevelopmentPath", remote(options.vsix ? join(TEST_FOLDER, "host") : EXTENSION_FOLDER)],
        ];
        if (options.entry) {
            payload.push(["extensionTestsPath", remote(resolve(options.entry))]);
        }
        const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
        await page.goto(`${origin}/?${query}`);
        return { page, exited, close };
    } catch (error) {
        await close();
        throw error;
    }
}

/**
 * @param {import("node:child_process").ChildProcessWithoutNullStreams} child
 * @param {(line: string) => void} log
 * @returns {Promise<number>}
 */
function listeningPort(child, log) {
    return new Promise((done, fail) => {
        const timer = setTimeout(() => fail(new Error("VS Code's server did not start")), START_MILLIS);
        child.once("exit", (code) => fail(new Error(`VS Code's server ended with code ${code}`)));
        createInterface({ input: child.stderr }).on("line", (line) => log(`server: ${line}`));
        createInterface({ input: child.stdout }).on("line", (line) => {
            log(`server: ${line}`);
            const port = /Extension host agent listening on (\d+)/.exec(line)?.[1];
            if (port) {
                clearTimeout(timer);
                done(Number(port));
            }
        });
    });
}
