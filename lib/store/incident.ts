/** What happened to a store's files: for the notice, the log and the audit. */
export interface StoreIncident {
  /**
   * `damaged`: the file can't be used. `logLost`: entries since its last checkpoint are missing. `deleted`: it was
   * deleted or moved while open. `replaced`: another file took its place.
   */
  readonly kind: "damaged" | "logLost" | "deleted" | "replaced";
  readonly file: string;
  /** Where the file, or its contents, were kept; null: nowhere. */
  readonly setAside: string | null;
  readonly atMs: number;
  /** English: what happened, what became of the contents. */
  readonly detail: string;
}
