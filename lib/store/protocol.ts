/** What passes between the main thread and a store's worker. */
import type { HistoryOperations } from "./history/requests";
import type { HistorySettings } from "./history/settings";
import type { MemfleetOperations } from "./memfleet/memfleet-tables";

/** Every operation of every table group. A new group adds its types here. */
export type Operations = HistoryOperations & MemfleetOperations;
export type OperationName = keyof Operations;
export type RequestOf<Name extends OperationName> = Operations[Name]["request"];
export type ReplyOf<Name extends OperationName> = Operations[Name]["reply"];

/** Which file to open, and what its tables need to know. A new store adds its line here. */
export type StorePlan =
  | { readonly store: "history"; readonly settings: HistorySettings }
  | { readonly store: "memfleet" };

export type ToWorker =
  | { readonly kind: "open"; readonly directory: string; readonly plan: StorePlan }
  | { readonly kind: "call"; readonly call: number; readonly name: OperationName; readonly request: unknown }
  | { readonly kind: "limit"; readonly call: number; readonly maxBytes: number | null }
  | { readonly kind: "settle"; readonly call: number }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "opened"; readonly state: StoreState }
  | { readonly kind: "reply"; readonly call: number; readonly value: unknown; readonly state: StoreState }
  | { readonly kind: "failure"; readonly call: number; readonly detail: string; readonly state: StoreState }
  | { readonly kind: "closed" };

/** How the store is. Comes with every reply. */
export interface StoreState {
  /** What fails, in an operator's words; null when all is well. */
  readonly problem: string | null;
  /** Where a damaged file was put since the store was opened; null when none was. */
  readonly setAside: string | null;
}
