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

/**
 * The first command found, or `undefined` when there is none. A command of one word is the launcher and gets the argument
 * `serve`.
 */
export function findCommand(sources: CommandSources): Command | undefined {
    if (sources.setting.length > 0) {
        return toCommand(sources.setting);
    }
    const environment = sources.environment?.trim();
    if (environment) {
        // A launcher's path may hold spaces; only when there is no such file is the text a command line.
        return toCommand(sources.isFile(environment) ? [environment] : splitWords(environment));
    }
    const launcher = sources.windows ? "meta-log.cmd" : "meta-log";
    // Packaged with the extension, or the repository that the extension's folder is part of.
    const candidates = [
        join(sources.extensionFolder, "sidecar", launcher),
        join(sources.extensionFolder, "..", launcher),
    ];
    const found = candidates.find(sources.isFile);
    return found === undefined ? undefined : toCommand([found]);
}

/** Splits a command line at white space; double quotes keep a word with spaces together. */
export function splitWords(line: string): string[] {
    return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

function toCommand(words: readonly string[]): Command | undefined {
    const [program, ...args] = words;
    if (program === undefined) {
        return undefined;
    }
    return { program, args: args.length === 0 ? ["serve"] : args };
}
