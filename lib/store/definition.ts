/** The definition of a store file. Each store has its own worker that serves one definition. */
import type { Migration, Synchronous } from "./database";
import type { OperationTypes, TableContext, TableGroup } from "./table-group";

export interface StoreDefinition {
  readonly file: string;
  readonly pageSize: number;
  readonly migrations: readonly Migration[];
  /** Largest size of the file, bytes; null: no limit. */
  readonly maxBytes: number | null;
  readonly synchronous: Synchronous;
  /** The client's types define the requests; the worker finds a handler by its name. */
  readonly group: Omit<TableGroup<OperationTypes>, "handlers"> & { readonly handlers: object };
}

/** Makes a definition from the settings that the main thread sends with the request to open. */
export type DefineStore<Settings> = (context: TableContext, settings: Settings) => StoreDefinition;
