/**
 * Text that is safe in a command line or a file as it is.
 *
 * Everything a node reports is untrusted: text that isn't plain is never quoted and passed on. A placeholder that
 * nothing accepts as a value replaces it.
 */

const MAX_LENGTH = 300;

/** Whether a text is literal in a shell, in systemd's `EnvironmentFile`, in `memcached.conf` and in JSON. */
export function isPlainWord(text: string): boolean {
  return text.length <= MAX_LENGTH && /^[A-Za-z0-9_@+=:,./][A-Za-z0-9_@%+=:,./-]*$/.test(text);
}

/** As `isPlainWord`, for a value among `-o` options, where a comma ends it. */
export function isPlainValue(text: string): boolean {
  return isPlainWord(text) && !text.includes(",");
}

/** An absolute path of plain characters. */
export function isPlainPath(text: string): boolean {
  return text.startsWith("/") && isPlainValue(text);
}

/** Stands for a value to fill in: `ssl_key` becomes `SSL_KEY`. */
export function placeholder(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
}

/** A comment of one line, whatever the text holds. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[^\x20-\x7e]+/g, " ")}`;
}
