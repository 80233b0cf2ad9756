import { fileURLToPath } from "node:url";

/** The project's folder, independent of the caller's. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * The caller's folder. npm changes to the project before it runs a script and passes the caller's folder in INIT_CWD;
 * child processes must not use that variable, because they only inherited it.
 * @param {string} command
 */
export function callerFolder(command) {
  const { MEMFLEET_CWD, INIT_CWD, npm_lifecycle_event: script } = process.env;
  if (MEMFLEET_CWD) return MEMFLEET_CWD;
  return INIT_CWD && script === command && process.cwd() === PROJECT ? INIT_CWD : process.cwd();
}

/** @param {string} name a program of an installed package */
export function installedProgram(name) {
  return `${PROJECT}/node_modules/.bin/${name}`;
}
