/**
 * What a group of tables brings to the worker: schema, handlers, and work to do in the background. Each
 * store has a worker file that names its group.
 */
import type { Connection } from "./database";
import type { Task } from "./scheduler";

/** Requests and replies by name: `{ "history.append": { request: …; reply: … } }`. */
export type OperationTypes = Record<string, { request: unknown; reply: unknown }>;

/** A handler answers at once, or with a task that the scheduler runs. */
export type Outcome<Reply> = Answer<Reply> | Task<Answer<Reply>>;

export interface Answer<Reply> {
  readonly value: Reply;
  /** Buffers of the reply that are handed over instead of copied. */
  readonly transfer?: readonly ArrayBuffer[];
}

export type Handlers<Types extends OperationTypes> = {
  readonly [Name in keyof Types]: (request: Types[Name]["request"]) => Outcome<Types[Name]["reply"]>;
};

/** A store file as its tables see it. */
export interface TableContext {
  /** The open database; null while it cannot be opened. `retry` opens it again if that is possible now. */
  database(retry: boolean): Connection | null;
  /** Tells the store that a statement failed; a damaged file is then set aside and a new one begun. */
  failure(error: unknown): void;
  /** Tells the store that a write went well again. */
  recovered(): void;
  /** Asks for background work to be looked at. */
  wake(): void;
}

export interface TableGroup<Types extends OperationTypes> {
  readonly handlers: Handlers<Types>;
  /** Next piece of background work, or null when there is none. */
  background(): Task<void> | null;
  /** A database was opened, perhaps a new and empty one. */
  opened(connection: Connection): void;
}
