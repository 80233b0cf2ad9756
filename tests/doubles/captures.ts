/** Captured replies of real servers, and an independent parser for them. */
import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../tests/fixtures/captures/", import.meta.url);

export const CAPTURED_VERSIONS = ["1.4.25", "1.5.5", "1.6.9", "1.6.18", "1.6.18-plain"] as const;

/** A captured reply, byte for byte. */
export function capture(version: string, name: string): Buffer {
  return readFileSync(new URL(`${version}/${name}.txt`, FOLDER));
}

/** Names of a version's captured replies to `stats` and its groups, if complete. */
export function capturedStats(version: string): string[] {
  return readdirSync(new URL(`${version}/`, FOLDER))
    .filter((file) => file.startsWith("stats"))
    .map((file) => file.replace(/\.txt$/, ""))
    .filter((name) => capture(version, name).toString("latin1").endsWith("END\r\n"));
}

/** `STAT name value` lines, parsed with a regular expression. */
export function statLines(text: string): [name: string, value: string][] {
  return [...text.matchAll(/^STAT (\S+) (.*)\r$/gm)].map(([, name, value]) => [name ?? "", value ?? ""]);
}
