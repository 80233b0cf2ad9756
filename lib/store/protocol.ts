import type { StoreIncident } from "./incident";

/** The messages between the main thread and a store's worker. */
export type ToWorker =
  | { readonly kind: "open"; readonly directory: string; readonly settings: unknown }
  | { readonly kind: "call"; readonly call: number; readonly name: string; readonly request: unknown }
  | { readonly kind: "limit"; readonly call: number; readonly maxBytes: number | null }
  | { readonly kind: "idle"; readonly call: number }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "opened"; readonly state: StoreState }
  /** The state has changed without a request. */
  | { readonly kind: "state"; readonly state: StoreState }
  | { readonly kind: "reply"; readonly call: number; readonly value: unknown; readonly state: StoreState }
  | { readonly kind: "failure"; readonly call: number; readonly detail: string; readonly state: StoreState }
  | { readonly kind: "closed" };

/** The state of the store. Part of every reply, and sent when it changes by itself. */
export interface StoreState {
  /** What fails and what to do, in English; null when nothing does. */
  readonly problem: string | null;
  /** What happened to the file since the store was opened, oldest first. */
  readonly incidents: readonly StoreIncident[];
}
