/** What a group of tables provides to its store's worker: handlers, and background work. */
import type { Connection } from "./database";
import type { StoreIncident } from "./incident";
import type { Task } from "./scheduler";

/** Requests and replies by name: `{ "history.append": { request: …; reply: … } }`. */
export type OperationTypes = Record<string, { request: unknown; reply: unknown }>;

/** A handler answers at once, or returns a task that the scheduler runs. */
export type Outcome<Reply> = Answer<Reply> | Task<Answer<Reply>>;

export interface Answer<Reply> {
  readonly value: Reply;
  /** Buffers of the reply to move instead of copying. */
  readonly transfer?: readonly ArrayBuffer[];
}

export type Handlers<Types extends OperationTypes> = {
  readonly [Name in keyof Types]: (request: Types[Name]["request"]) => Outcome<Types[Name]["reply"]>;
};

/** What the tables can use of their store. */
export interface TableContext {
  /** The open database; null while it cannot be opened. `retry`: tries to open it now. */
  database(retry: boolean): Connection | null;
  /** A statement failed: a damaged file is then quarantined, and a new one created. */
  failure(error: unknown): void;
  /** A write succeeded: the problem is over. */
  recovered(): void;
  /** There may be background work. */
  wake(): void;
}

export interface TableGroup<Types extends OperationTypes> {
  readonly handlers: Handlers<Types>;
  /** Next piece of background work, or null when there is none. */
  background(): Task<void> | null;
  /** A database was opened, perhaps a new and empty one. `incident`: what happened to the one before; null: nothing. */
  opened(connection: Connection, incident: StoreIncident | null): void;
}
