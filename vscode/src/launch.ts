/** Finds the sidecar's command: the person's setting, the environment, or the launcher beside the extension. */
import { join } from "node:path";

/** A program and its arguments. */
export interface Command {
    readonly program: string;
    readonly args: readonly string[];
}

/** Where the command may come from. */
export interface CommandSources {
    /** `meta-log.command`; empty when it is not set. */
    readonly setting: readonly string[];
    /** `META_LOG_COMMAND`. */
    readonly environment: string | undefined;
    /** The extension's own folder. */
    readonly extensionFolder: string;
    readonly windows: boolean;
    readonly isFile: (path: string) => boolean;
}

/** The first command found, or `undefined` when there is none. */
export function findCommand(sources: CommandSources): Command | undefined {
    if (sources.setting.length > 0) {
        return toCommand(sources.setting);
    }
    const environment = splitWords(sources.environment ?? "");
    if (environment.length > 0) {
        return toCommand(environment);
    }
    const launcher = sources.windows ? "meta-log.cmd" : "meta-log";
    // Packaged with the extension, or the repository that the extension's folder is part of.
    const candidates = [
        join(sources.extensionFolder, "sidecar", launcher),
        join(sources.extensionFolder, "..", launcher),
    ];
    const found = candidates.find(sources.isFile);
    return found === undefined ? undefined : { program: found, args: ["serve"] };
}

/** Splits a command line at blanks; a blank behind `\` belongs to its word. */
export function splitWords(line: string): string[] {
    return (line.match(/(?:\\\s|\S)+/g) ?? []).map((word) => word.replace(/\\(\s)/g, "$1"));
}

function toCommand([program, ...args]: readonly string[]): Command | undefined {
    return program === undefined ? undefined : { program, args };
}
