/**
 * Gives the focus back to what opened a dialog; to the page's main part when that is no longer there, as an entry of a
 * closed menu.
 */
export function focusAgain(opener: Element | null): void {
  const isThere = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
  const target = isThere ? opener : document.querySelector<HTMLElement>("main");
  target?.focus({ preventScroll: true });
}
