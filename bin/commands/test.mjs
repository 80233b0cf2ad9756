import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../process/child.mjs";
import { Refusal } from "../process/refusal.mjs";
import { ensureBuild } from "../setup/build.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { installedProgram, PROJECT } from "../setup/project.mjs";
import { BROWSER_PACKAGES, ensureSystemPackages, TEST_PACKAGES } from "../setup/system-packages.mjs";
import { readAdvisories } from "../test/advisories.mjs";
import { countPlaywright, countSecondTry, countVitest, failedFiles, missingFiles } from "../test/counts.mjs";

const UNIT = ["--project", "unit", "--project", "components"];
const INTEGRATION = ["--project", "integration"];

/** Short in logs, so that failures are easy to find; with progress at a terminal. */
const REPORTER = process.stdout.isTTY ? "default" : "dot";
/** Real servers sometimes miss a deadline on a busy machine. With more failed files than this, it is not the machine. */
const SECOND_TRY_FILES = 8;

/** For each part: its system packages, and its stages in order. */
const PARTS = {
  types: { packages: [], stages: [types] },
  lint: { packages: [], stages: [lint] },
  advisories: { packages: [], stages: [advisories] },
  unit: { packages: ["openssl", "nftables", "iptables"], stages: [vitest(UNIT)] },
  integration: { packages: TEST_PACKAGES, stages: [vitest(INTEGRATION)] },
  soak: { packages: TEST_PACKAGES, stages: [built, vitest(["--project", "soak"], 0)] },
  e2e: { packages: [...TEST_PACKAGES, ...BROWSER_PACKAGES], stages: [browser] },
  all: {
    packages: [...TEST_PACKAGES, ...BROWSER_PACKAGES],
    stages: [types, lint, advisories, vitest([...UNIT, ...INTEGRATION]), browser],
  },
};

/**
 * Runs all checks or one part; further arguments go to vitest or Playwright. Stages after a failed one do not run,
 * except lint after types. Failed files are run once more on their own, and reported when they pass then. The last line
 * counts what passed and failed; types, lint and advisories count as one each. Where no source of advisories can be
 * reached, that is said and not counted.
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
    // A part that could not run counts as failed in the last line.
    console.error(error.message);
    sum.failed += 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 ? 0 : 1;
}

async function types({ stop }) {
  // Pages import types that Next generates; a fresh clone lacks them.
  const typegen = await check("next", ["typegen"], stop);
  return typegen.failed > 0 ? typegen : check("tsc", ["--noEmit"], stop);
}

function lint({ stop }) {
  return check("biome", ["check", "."], stop);
}

async function advisories({ stop }) {
  console.error("\nnpm audit --omit=dev");
  const { unreached, severe } = await readAdvisories(stop);
  if (unreached !== null) {
    console.error(`Advisories not checked, because their source can’t be reached: ${unreached}`);
    return { passed: 0, failed: 0 };
  }
  if (severe.length > 0) console.error(`Dependencies with severe advisories: ${severe.join(", ")}`);
  return severe.length > 0 ? { passed: 0, failed: 1 } : { passed: 1, failed: 0 };
}

async function check(program, args, stop) {
  console.error(`\n${program} ${args.join(" ")}`);
  const code = await runProgram(program, args, stop);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Long tests watch the server as an operator runs it. */
async function built({ stop }) {
  await ensureBuild(stop);
  return { passed: 0, failed: 0 };
}

function vitest(projects, secondTryFiles = SECOND_TRY_FILES) {
  return async ({ stop, folder, args }) => {
    const run = (report, ...more) => {
      const reporters = [`--reporter=${REPORTER}`, "--reporter=json", `--outputFile.json=${report}`];
      return runProgram("vitest", ["run", ...projects, ...reporters, ...more], stop);
    };
    const first = join(folder, "vitest.json");
    const code = await run(first, ...args);
    // With arguments a developer works on single tests and wants to see them fail. Without a report vitest itself failed.
    if (args.length > 0 || secondTryFiles === 0 || !existsSync(first)) return countVitest(first, code);
    const missing = missingFiles(first, await listFiles(projects, folder, stop));
    if (missing.length > 0) console.error(`\nDidn’t start: ${missing.join(" ")}`);
    const failed = failedFiles(first);
    const files = [...(failed.length > secondTryFiles ? [] : failed), ...missing];
    if (files.length === 0) return countVitest(first, code);
    console.error(`\nRetrying one after the other: ${files.join(" ")}`);
    const second = join(folder, "vitest-again.json");
    const secondCode = await run(second, "--maxWorkers=1", ...files);
    const { again, ...counts } = countSecondTry(first, second, secondCode, files);
    const lost = missingFiles(second, files);
    if (lost.length > 0) console.error(`\nDidn’t start again: ${lost.join(" ")}`);
    if (again.length > 0) console.error(`\nPassed only on retry:\n${again.join("\n")}`);
    return counts;
  };
}

/** Every test file of these projects. */
async function listFiles(projects, folder, stop) {
  const list = join(folder, "files.json");
  await runProgram("vitest", ["list", "--filesOnly", `--json=${list}`, ...projects], stop);
  return JSON.parse(readFileSync(list, "utf8")).map(({ file }) => file);
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
  if (!process.stdout.isTTY) Object.assign(env, { NO_COLOR: "1", FORCE_COLOR: "0" });
  return runChild(installedProgram(program), args, stop, { cwd: PROJECT, env });
}
