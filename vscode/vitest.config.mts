import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        projects: [
            { test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
            {
                test: {
                    name: "real",
                    include: ["test/real/**/*.test.ts"],
                    testTimeout: 60_000,
                    hookTimeout: 90_000,
                    // Each file starts a VS Code of its own; two at a time would only slow each other down.
                    fileParallelism: false,
                },
            },
        ],
    },
});
