import { fileURLToPath } from "node:url";

/** The project's own folder, wherever it is called from. */
export const PROJECT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/**
 * The folder the caller stands in. npm changes into the project before it runs a script and says in INIT_CWD where
 * it was called; a process further down must not believe that variable, which it only inherited.
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
