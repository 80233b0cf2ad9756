import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** No `include` here: a project that extends this one would run those files as well as its own. */
export default defineConfig({
  resolve: {
    alias: [
      // Outside a React server this package throws on purpose.
      { find: "server-only", replacement: at("./node_modules/server-only/empty.js") },
      { find: /^@\//, replacement: at("./") },
    ],
  },
  test: {
    pool: "forks",
    // Most of the time goes into waiting for real servers; more than this, and their deadlines would not hold. More than
    // there are processors, and workers do not start in time.
    maxWorkers: Math.min(4, availableParallelism()),
    // Lets `new Worker(new URL("./worker.ts", import.meta.url))` load TypeScript.
    execArgv: ["--import", at("./tests/typescript.mjs")],
    // How long a condition is polled for; it says nothing about how fast the product is.
    expect: { poll: { timeout: 15_000 } },
    // For what computes while others do; nothing waits this long.
    testTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          environment: "node",
          include: ["lib/**/*.test.ts", "tests/documents/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "components",
          environment: "jsdom",
          include: ["components/**/*.test.{ts,tsx}", "app/**/*.test.{ts,tsx}"],
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          environment: "node",
          include: ["tests/integration/**/*.test.ts"],
          // Real processes: starting them takes its time on a busy machine.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "soak",
          environment: "node",
          include: ["tests/soak/**/*.test.ts"],
          fileParallelism: false,
        },
      },
    ],
  },
});
