import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { ensureBuild } from "../setup/build.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { installedProgram, PROJECT } from "../setup/project.mjs";
import { BROWSER_PACKAGES, ensureSystemPackages, TEST_PACKAGES } from "../setup/system-packages.mjs";
import { countPlaywright, countVitest } from "../test/counts.mjs";

const UNIT = ["--project", "unit", "--project", "components"];
const INTEGRATION = ["--project", "integration"];

/** Each part: the system packages it needs, and the stages it runs, in order. */
const PARTS = {
  types: { packages: [], stages: [types] },
  lint: { packages: [], stages: [lint] },
  unit: { packages: ["openssl"], stages: [vitest(UNIT)] },
  integration: { packages: TEST_PACKAGES, stages: [vitest(INTEGRATION)] },
  e2e: { packages: [...TEST_PACKAGES, ...BROWSER_PACKAGES], stages: [browser] },
  all: {
    packages: [...TEST_PACKAGES, ...BROWSER_PACKAGES],
    stages: [types, lint, vitest([...UNIT, ...INTEGRATION]), browser],
  },
};

/**
 * Every check, or one part of them; further arguments go to vitest or Playwright. Stages after a failed one do not
 * run, but lint does after types. The last line counts what passed and what failed; types and lint are one each.
 */
export async function run(args, stop) {
  const [part, ...rest] = args[0] in PARTS ? args : ["all", ...args];
  const folder = mkdtempSync(join(tmpdir(), "memfleet-test-"));
  const sum = { passed: 0, failed: 0 };
  try {
    await ensureDependencies(stop);
    await ensureSystemPackages(PARTS[part].packages, stop);
    for (const stage of PARTS[part].stages) {
      if (sum.failed > 0 && stage !== lint) break;
      const { passed, failed } = await stage({ stop, folder, args: rest });
      sum.passed += passed;
      sum.failed += failed;
    }
  } catch (error) {
    if (stop.aborted || !(error instanceof Refusal)) throw error;
    // What could not be run has failed, and the last line still says so.
    console.error(error.message);
    sum.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 ? 0 : 1;
}

async function types({ stop }) {
  // Pages import types that Next writes; a fresh clone has none of them.
  const typegen = await check("next", ["typegen"], stop);
  return typegen.failed > 0 ? typegen : check("tsc", ["--noEmit"], stop);
}

function lint({ stop }) {
  return check("biome", ["check", "."], stop);
}

async function check(program, args, stop) {
  console.error(`\n${program} ${args.join(" ")}`);
  const code = await runProgram(program, args, stop);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function vitest(projects) {
  return async ({ stop, folder, args }) => {
    const report = join(folder, "vitest.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const code = await runProgram("vitest", ["run", ...projects, ...reporters, ...args], stop);
    return countVitest(report, code);
  };
}

async function browser({ stop, folder, args }) {
  if (!existsSync(`${PROJECT}/tests/e2e`)) return { passed: 0, failed: 0 };
  await ensureBuild(stop);
  const report = join(folder, "playwright.json");
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" };
  const code = await runProgram("playwright", ["test", "--reporter=line,json", ...args], stop, env);
  return countPlaywright(report, code);
}

function runProgram(program, args, stop, more = {}) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...more };
  delete env.NODE_ENV;
  return runChild(installedProgram(program), args, stop, { cwd: PROJECT, env });
}
