import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadNativeModule } from "./native-module";

const MODULES = join(import.meta.dirname, "../../node_modules");

describe("the native module", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "memfleet-native-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("of this installation can be loaded", async () => {
    await expect(loadNativeModule()).resolves.toBeUndefined();
  });

  it("of another platform is reported in one sentence with what to do", async () => {
    // A copy of libsql without the package that holds the binary, as after a copy from another platform.
    for (const name of ["libsql", "@neon-rs/load", "detect-libc"]) {
      cpSync(realpathSync(join(MODULES, name)), join(folder, "node_modules", name), { recursive: true });
    }
    const require = createRequire(join(folder, "index.cjs"));
    expect(dirname(require.resolve("libsql"))).toContain(folder);
    const failure = loadNativeModule(async () => require("libsql"));
    await expect(failure).rejects.toMatchObject({ name: "UnavailableError" });
    await expect(failure).rejects.toThrow(
      /^the database module libsql can’t be loaded on this machine \(\w+ \w+, Node [\d.]+\): Cannot find module '@libsql\/[^\n]*; run `npm ci`[^\n]*$/,
    );
  });
});
