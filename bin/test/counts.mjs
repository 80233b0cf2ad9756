import { readFileSync } from "node:fs";

/**
 * @typedef {{passed: number, failed: number}} Counts
 */

/**
 * Tests of a vitest JSON report. A file that failed before its first test counts as one failure, and so does a run
 * that failed without any failed test or left no report.
 * @param {string} file
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countVitest(file, exitCode) {
  const report = read(file);
  const broken = (report?.testResults ?? []).filter(
    (suite) => suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"),
  );
  return settle(report?.numPassedTests ?? 0, (report?.numFailedTests ?? 0) + broken.length, exitCode);
}

/**
 * Tests of a Playwright JSON report; one that passed on a second try has passed.
 * @param {string} file
 * @param {number} exitCode
 * @returns {Counts}
 */
export function countPlaywright(file, exitCode) {
  const stats = read(file)?.stats;
  return settle((stats?.expected ?? 0) + (stats?.flaky ?? 0), stats?.unexpected ?? 0, exitCode);
}

function settle(passed, failed, exitCode) {
  return { passed, failed: exitCode !== 0 && failed === 0 ? 1 : failed };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return null;
  }
}
