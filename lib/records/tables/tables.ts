/** The audit, actions, findings, sessions and shares as one group. There is no background work. */
import { UnavailableError } from "@/lib/model/errors";
import { type Connection, transaction } from "@/lib/store/database";
import type { StoreIncident } from "@/lib/store/incident";
import type { Handlers, TableContext, TableGroup } from "@/lib/store/table-group";
import { type ActionOperations, actionHandlers } from "./actions";
import { type AuditOperations, append, auditHandlers } from "./audit";
import { type FindingOperations, findingHandlers } from "./findings";
import { type FlushAttributionOperations, flushAttributionHandlers } from "./flush-attributions";
import type { Database } from "./handling";
import { type SessionOperations, sessionHandlers } from "./sessions";
import { type ShareOperations, shareHandlers } from "./shares";

export type RecordOperations = AuditOperations &
  ActionOperations &
  FlushAttributionOperations &
  FindingOperations &
  SessionOperations &
  ShareOperations;

export class RecordTables implements TableGroup<RecordOperations> {
  readonly handlers: Handlers<RecordOperations>;

  constructor(context: TableContext) {
    const database: Database = (work) => {
      const connection = context.database(true);
      if (connection === null) throw new UnavailableError("memfleet.db cannot be opened");
      try {
        const result = work(connection);
        context.recovered();
        return result;
      } catch (error) {
        if (!(error instanceof UnavailableError)) context.failure(error);
        throw error;
      }
    };
    this.handlers = {
      ...auditHandlers(database),
      ...actionHandlers(database),
      ...flushAttributionHandlers(database),
      ...sessionHandlers(database),
      ...shareHandlers(database),
      ...findingHandlers(database),
    };
  }

  background(): null {
    return null;
  }

  /** The first entry of a new file says what became of the one before. */
  opened(connection: Connection, incident: StoreIncident | null): void {
    if (incident === null) return;
    const { kind, file, setAside, atMs, detail } = incident;
    transaction(connection, () =>
      append(connection, {
        atMs,
        actor: "memfleet",
        identity: "memfleet",
        role: "",
        kind: "data_file",
        target: file,
        nodes: [],
        input: JSON.stringify({ cause: kind, setAside }),
        idempotency: null,
        outcome: { outcome: "done", detail },
      }),
    );
  }
}
