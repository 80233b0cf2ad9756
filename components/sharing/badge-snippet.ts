/** Snippets that show the badge with a link to the page. Pure. */

/** Markdown; the label is inside brackets, so brackets and backslashes in it are escaped. */
export function badgeMarkdown(alt: string, badgeUrl: string, url: string): string {
  return `[![${alt.replace(/[\\[\]]/g, "\\$&")}](${badgeUrl})](${url})`;
}

/** HTML; the label is in an attribute. */
export function badgeHtml(alt: string, badgeUrl: string, url: string): string {
  return `<a href="${escaped(url)}"><img src="${escaped(badgeUrl)}" alt="${escaped(alt)}"></a>`;
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
