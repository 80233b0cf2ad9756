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
  const { passed, failed } = countSuites(suites(file));
  return settle(passed, failed, exitCode);
}

/**
 * The files of a vitest JSON report in which something failed.
 * @param {string} file
 * @returns {string[]} paths
 */
export function failedFiles(file) {
  return suites(file)
    .filter(({ status }) => status === "failed")
    .map(({ name }) => name);
}

/**
 * The files that a vitest JSON report should have and has not: their worker did not start.
 * @param {string} file
 * @param {readonly string[]} listed every test file of the run
 * @returns {string[]} paths
 */
export function missingFiles(file, listed) {
  const reported = new Set(suites(file).map(({ name }) => name));
  return listed.filter((name) => !reported.has(name));
}

/**
 * Counts of a first run and of a second run of some of its files; for those files the second run counts, and each that
 * is missing in it counts as one failure.
 * @param {string} first a vitest JSON report
 * @param {string} second
 * @param {number} exitCode of the second run
 * @param {readonly string[]} [retried] the files of the second run; those that failed in the first one when not given
 * @returns {Counts & {again: string[]}} `again`: full names of the tests that passed on the second try only
 */
export function countSecondTry(first, second, exitCode, retried = failedFiles(first)) {
  const files = new Set(retried);
  const passedFirst = countSuites(suites(first).filter(({ name }) => !files.has(name)));
  const tried = countVitest(second, exitCode);
  const ran = suites(second).map(({ name }) => name);
  const failedNow = new Set(failedTests(second).map(({ test }) => test));
  return {
    passed: passedFirst.passed + tried.passed,
    failed: passedFirst.failed + Math.max(tried.failed, files.size - ran.length),
    again: failedTests(first)
      .filter(({ file, test }) => ran.includes(file) && !failedNow.has(test))
      .map(({ test }) => test),
  };
}

function suites(file) {
  return read(file)?.testResults ?? [];
}

function failedTests(file) {
  return suites(file).flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === "failed");
    if (status === "failed" && failed.length === 0) return [{ file: name, test: name }];
    return failed.map(({ fullName }) => ({ file: name, test: `${name} ${fullName}` }));
  });
}

function countSuites(list) {
  const count = (wanted) =>
    list.reduce(
      (sum, { assertionResults }) => sum + assertionResults.filter(({ status }) => status === wanted).length,
      0,
    );
  const broken = list.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((test) => test.status !== "failed"),
  );
  return { passed: count("passed"), failed: count("failed") + broken.length };
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
