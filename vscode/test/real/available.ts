/** Skips a file's tests, with one line that says why, where a tool is absent; where CI is set they fail instead. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeEach } from "vitest";
import { findChromium, findServer } from "../harness.mjs";

const JAR = join(import.meta.dirname, "..", "..", "..", "server", "target", "meta-log-server.jar");

/** A tool that is asked for: throws where it is absent. */
type Need = () => void;

/** @returns whether all is there; what sets tests up asks it, too */
export function skipWithoutVsCode(...needs: Need[]): boolean {
    const reason = firstFailure([() => findServer(undefined), findChromium, ...needs]);
    beforeEach(({ skip }) => {
        if (reason !== undefined) {
            skip(reason);
        }
    });
    if (reason !== undefined) {
        if (process.env.CI === "true") {
            throw new Error(reason);
        }
        console.log(`skipped: ${reason}`);
    }
    return reason === undefined;
}

/** The real sidecar's command line: META_LOG_COMMAND, or the jar that the build left. */
export function sidecarCommand(): string {
    const command = process.env.META_LOG_COMMAND ?? `java -jar ${JAR.replaceAll(" ", "\\ ")} serve`;
    if (process.env.META_LOG_COMMAND === undefined && !existsSync(JAR)) {
        throw new Error("the sidecar is not built: run ./mvnw -DskipTests package");
    }
    return command;
}

function firstFailure(needs: readonly (() => unknown)[]): string | undefined {
    for (const need of needs) {
        try {
            need();
        } catch (error) {
            return error instanceof Error ? error.message : String(error);
        }
    }
    return undefined;
}
