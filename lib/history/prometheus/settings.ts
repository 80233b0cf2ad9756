/** Access to a history on an existing engine. */
export interface RemoteSettings {
  /** Base address of the query interface, without `/api/v1/…` and trailing slash. */
  readonly queryUrl: string;
  /** Full address of remote write; null: nothing is written, and series of other exporters are read. */
  readonly writeUrl: string | null;
  /** Sent with every request, secrets included: never shown, never logged. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Bounds of the batches that wait while the engine is unavailable; the oldest are dropped first. */
  readonly buffer: { readonly ageMs: number; readonly bytes: number };
  /** Labels of every written series, and matchers in every query. */
  readonly externalLabels: Readonly<Record<string, string>>;
}

/** An address without its query, which may contain a secret. */
export function shownUrl(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
