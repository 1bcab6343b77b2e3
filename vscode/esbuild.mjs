// Bundles the extension, and beside it the test driver, which the package leaves out (.vscodeignore).
import { copyFile } from "node:fs/promises";
import { build } from "esbuild";

const production = process.argv.includes("--production");
/** @type {import("esbuild").BuildOptions} */
const shared = {
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    external: ["vscode"],
    logLevel: "warning",
};

await build({
    ...shared,
    entryPoints: ["src/extension.ts"],
    outfile: "out/extension.js",
    minify: production,
    sourcemap: !production,
});
await build({ ...shared, entryPoints: ["test/host/driver.ts"], outfile: "out/test/driver.js", sourcemap: true });

if (production) {
    // The package has to hold the licence, and vsce takes it from the extension's own folder only.
    await copyFile("../LICENSE", "LICENSE");
}
