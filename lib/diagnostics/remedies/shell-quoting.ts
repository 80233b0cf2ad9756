/**
 * Words that may stand in a command line or a file as they are.
 *
 * Everything a node says is data of somebody else: a word that is not plain is never quoted and passed on, it is
 * replaced by a placeholder that nothing takes for a value.
 */

const LONGEST_WORD = 300;

/** Whether a word means itself in a shell, in systemd's `EnvironmentFile`, in `memcached.conf` and in JSON. */
export function isPlainWord(text: string): boolean {
  return text.length <= LONGEST_WORD && /^[A-Za-z0-9_@+=:,./][A-Za-z0-9_@%+=:,./-]*$/.test(text);
}

/** As `isPlainWord`, for a value among `-o` options, where a comma ends it. */
export function isPlainValue(text: string): boolean {
  return isPlainWord(text) && !text.includes(",");
}

/** An absolute path of plain characters. */
export function isPlainPath(text: string): boolean {
  return text.startsWith("/") && isPlainValue(text);
}

/** What stands for a value that has to be filled in: `ssl_key` to `SSL_KEY`. */
export function placeholder(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, "_");
}

/** A comment of one line, whatever was in the text. */
export function comment(text: string): string {
  return `# ${text.replaceAll(/[^\x20-\x7e]+/g, " ")}`;
}
