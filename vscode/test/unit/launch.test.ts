import { describe, expect, test } from "vitest";
import { type CommandSources, findCommand, splitWords } from "../../src/launch";

const nothing: CommandSources = {
    setting: [],
    environment: undefined,
    extensionFolder: "/x/vscode",
    windows: false,
    isFile: () => false,
};

describe("the sidecar's command", () => {
    test("is the setting, whatever else is there", () => {
        const sources = { ...nothing, setting: ["/a b/meta-log", "serve"], environment: "other", isFile: () => true };
        expect(findCommand(sources)).toEqual({ program: "/a b/meta-log", args: ["serve"] });
    });

    test("is META_LOG_COMMAND without a setting", () => {
        const sources = { ...nothing, environment: " java -jar /a\\ b/meta-log.jar  serve ", isFile: () => true };
        expect(findCommand(sources)).toEqual({ program: "java", args: ["-jar", "/a b/meta-log.jar", "serve"] });
    });

    test("is the packaged launcher before the repository's", () => {
        expect(findCommand({ ...nothing, isFile: () => true })?.program).toBe("/x/vscode/sidecar/meta-log");
        const repository = findCommand({ ...nothing, environment: "", isFile: (path) => path === "/x/meta-log" });
        expect(repository).toEqual({ program: "/x/meta-log", args: ["serve"] });
    });

    test("is a command file on Windows", () => {
        expect(findCommand({ ...nothing, windows: true, isFile: () => true })?.program).toMatch(/meta-log\.cmd$/);
    });

    test("may not be found", () => {
        expect(findCommand(nothing)).toBeUndefined();
    });

    test("keeps backslashes that do not stand before a blank", () => {
        expect(splitWords("C:\\java\\bin\\java.exe -jar x")).toEqual(["C:\\java\\bin\\java.exe", "-jar", "x"]);
    });
});
