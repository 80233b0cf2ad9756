/** Tables as CSV (RFC 4180). */

/** Lines that end in CRLF; every cell is quoted. What a spreadsheet would treat as a formula gets an apostrophe in front. */
export function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
