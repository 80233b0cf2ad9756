/** How the handlers of `memfleet.db` use the open file. */
import { type Connection, command, transaction } from "@/lib/store/database";
import type { Answer } from "@/lib/store/table-group";

/** Does `work` on the open file, or throws: nothing is stored later, so no caller is answered too early. */
export type Database = <Result>(work: (connection: Connection) => Result) => Result;

export function answer<Result>(database: Database, work: (connection: Connection) => Result): Answer<Result> {
  return { value: database(work) };
}

/** All of `work`, or nothing of it. */
export function inTransaction<Result>(
  database: Database,
  work: (connection: Connection) => Result,
): Answer<Result> {
  return { value: database((connection) => transaction(connection, () => work(connection))) };
}

/** Runs one statement that returns no rows. */
export function execute(
  database: Database,
  sql: string,
  ...values: readonly (string | number | null)[]
): Answer<null> {
  return answer(database, (connection) => {
    command(connection, sql).run(...values);
    return null;
  });
}
