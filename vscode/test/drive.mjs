#!/usr/bin/env node
/**
 * A real Visual Studio Code as an editor that is driven by JSON lines (editor-clients/driving.md).
 *
 *     node vscode/test/drive.mjs --workspace DIR --port P [--code-server DIR] [--screenshot FILE] [--log FILE]
 *
 * --screenshot takes a picture of the window when the driver is done, --log keeps what the server and the window say.
 *
 * Connects to 127.0.0.1:P from inside VS Code's extension host, and ends, with all it started, when that connection does.
 * The environment (META_LOG_HOME, META_LOG_COMMAND, META_LOG_MQTT_BROKER, …) is the extension's, too.
 */
import { createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startVsCode } from "./harness.mjs";

const { values } = parseArgs({
    options: {
        workspace: { type: "string", default: process.env.META_LOG_WORKSPACE },
        port: { type: "string", default: process.env.META_LOG_DRIVER_PORT },
        "code-server": { type: "string" },
        screenshot: { type: "string" },
        log: { type: "string" },
    },
});
if (!values.workspace || !values.port) {
    process.stderr.write(
        "usage: drive.mjs --workspace DIR --port P [--code-server DIR] [--screenshot FILE] [--log FILE]\n",
    );
    process.exit(64);
}

const log = values.log ? createWriteStream(values.log) : undefined;
const code = await startVsCode({
    workspace: values.workspace,
    codeServer: values["code-server"],
    entry: join(dirname(fileURLToPath(import.meta.url)), "..", "out", "test", "driver.js"),
    env: { META_LOG_DRIVER_PORT: values.port },
    log: (line) => log?.write(`${line}\n`),
}).then(
    async (vscode) => {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
            process.once(signal, () => void vscode.close().then(() => process.exit(1)));
        }
        const exitCode = await vscode.exited;
        if (values.screenshot) {
            await vscode.page.screenshot({ path: values.screenshot });
        }
        await vscode.close();
        return exitCode;
    },
    (error) => {
        process.stderr.write(`${error.message}\n`);
        return 1;
    },
);
process.exit(code);
