/**
 * The worker thread of one store file: opens it, answers requests, and does background work in small slices. While the
 * file cannot be opened it runs without a database, and keeps trying. Before every request, and every few seconds, it
 * makes sure that the open file is still the one at its path: nothing is written to a deleted file.
 */
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import {
  type Connection,
  checkpoint,
  closeDatabase,
  describeFailure,
  isDamage,
  limitSize,
  openDatabase,
} from "./database";
import type { DefineStore, StoreDefinition } from "./definition";
import { DetachedFile } from "./detached-file";
import { FileIdentity } from "./file-identity";
import type { StoreIncident } from "./incident";
import { checkTables } from "./integrity";
import type { FromWorker, StoreState, ToWorker } from "./protocol";
import { Scheduler, type Task } from "./scheduler";
import { setLogAside } from "./set-aside";
import type { Answer, Outcome, TableContext } from "./table-group";

type Handler = (request: unknown) => Outcome<unknown>;

/** How often the files are looked at without a request, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
const INCIDENTS_KEPT = 20;

class StoreWorker {
  private readonly definition: StoreDefinition;
  private readonly scheduler: Scheduler;
  /** Calls that wait until there is no background work. */
  private readonly idleWaiters: number[] = [];
  private connection: Connection | null = null;
  /** Why the last write failed, and why background work did; null when they did not. */
  private problem: string | null = null;
  private backgroundProblem: string | null = null;
  private incidents: readonly StoreIncident[] = [];
  private identity: FileIdentity | null = null;
  /** The open file that was deleted or replaced, until it is restored. */
  private detached: DetachedFile | null = null;
  /** Compares the indexes of a large file; null: done, or not needed. */
  private checking: Task<void> | null = null;
  private suspect = false;
  private maxBytes: number | null;

  constructor(
    private readonly directory: string,
    define: (context: TableContext) => StoreDefinition,
    private readonly post: (message: FromWorker, transfer?: readonly ArrayBuffer[]) => void,
  ) {
    this.definition = define(this.context());
    this.maxBytes = this.definition.maxBytes;
    this.scheduler = new Scheduler(
      () => this.nextBackground(),
      (error) => {
        this.failure(error);
        this.backgroundProblem = this.problem;
        this.answerIdleWaiters();
      },
    );
    this.tryOpen();
    this.post({ kind: "opened", state: this.state() });
    this.scheduler.wake();
    setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  private get path(): string {
    return join(this.directory, this.definition.file);
  }

  receive(message: Exclude<ToWorker, { kind: "open" }>): void {
    switch (message.kind) {
      case "call":
        this.call(message.call, message.name, message.request);
        return;
      case "limit":
        this.maxBytes = message.maxBytes;
        if (this.connection !== null) limitSize(this.connection, this.definition.pageSize, this.maxBytes);
        this.reply(message.call, { value: null });
        return;
      case "idle":
        this.idleWaiters.push(message.call);
        this.scheduler.wake();
        return;
      case "close":
        this.scheduler.stop();
        this.checkFiles();
        this.restore();
        this.release();
        this.post({ kind: "closed" });
    }
  }

  private context(): TableContext {
    return {
      database: (retry) => {
        if (this.connection === null && retry && this.detached === null) this.tryOpen();
        return this.connection;
      },
      failure: (error) => this.failure(error),
      recovered: () => {
        this.problem = null;
      },
      wake: () => this.scheduler.wake(),
    };
  }

  private tryOpen(suspect = this.suspect, happened: StoreIncident | null = null): void {
    try {
      const plan = { ...this.definition, maxBytes: this.maxBytes, suspect };
      const { connection, incident, unchecked } = openDatabase(this.directory, plan, Date.now());
      this.connection = connection;
      this.identity = new FileIdentity(this.path);
      this.checking = unchecked ? checkTables(connection) : null;
      for (const one of [happened, incident]) this.report(one);
      this.definition.group.opened(connection, incident ?? happened);
      this.problem = null;
      this.suspect = false;
    } catch (error) {
      this.failure(error);
      this.release();
      if (!suspect && this.suspect) this.tryOpen(true, happened);
    }
  }

  private report(incident: StoreIncident | null): void {
    if (incident === null || this.incidents.includes(incident)) return;
    this.incidents = [...this.incidents, incident].slice(-INCIDENTS_KEPT);
  }

  private failure(error: unknown): void {
    this.problem = describeFailure(error, this.path);
    if (!isDamage(error)) return;
    this.suspect = true;
    this.release();
  }

  private release(): void {
    const { connection } = this;
    this.forget();
    try {
      if (connection !== null) closeDatabase(connection);
    } catch (error) {
      this.problem = describeFailure(error, this.path);
    }
  }

  /** Nothing uses the connection any longer. */
  private forget(): void {
    this.connection = null;
    this.identity = null;
    this.checking = null;
    this.scheduler.dropBackground();
  }

  /** Looks at the files without a request, and tells the main thread what has changed. */
  private look(): void {
    const before = JSON.stringify(this.state());
    this.checkFiles();
    if (JSON.stringify(this.state()) !== before) this.post({ kind: "state", state: this.state() });
  }

  /** Notices what others did to the files. Afterwards the connection writes to the file at the path, or is null. */
  private checkFiles(): void {
    if (this.detached?.settled === true) this.restore();
    const { connection, identity } = this;
    if (connection === null || identity === null) return;
    const change = identity.change();
    if (change === "logGone") this.renewLog(connection);
    else if (change !== "none") this.detach(connection, identity, change === "truncated");
  }

  /** The database is intact and the connection still has the whole log: both are written to the database. */
  private renewLog(connection: Connection): void {
    const nowMs = Date.now();
    const { file } = this.definition;
    try {
      checkpoint(connection);
      const aside = setLogAside(this.path, nowMs);
      this.release();
      const kept = aside === null ? "" : ` The file in its place was moved to ${aside}.`;
      const detail = `${this.path}-wal was deleted or replaced while Memfleet was running. Nothing was lost: it was written again.${kept}`;
      this.tryOpen(this.suspect, { kind: "logLost", file, setAside: aside, atMs: nowMs, detail });
    } catch (error) {
      this.failure(error);
    }
  }

  private detach(connection: Connection, identity: FileIdentity, truncated: boolean): void {
    const ownsLog = identity.ownsLog();
    this.forget();
    this.detached = new DetachedFile(connection, this.path, { ownsLog, truncated });
    this.problem = this.detached.problem;
  }

  private restore(): void {
    const { detached } = this;
    if (detached === null) return;
    this.detached = null;
    try {
      this.tryOpen(this.suspect, detached.restore(this.definition.file, Date.now()));
    } catch (error) {
      this.failure(error);
    }
  }

  private nextBackground(): Task<void> | null {
    if (this.checking !== null) {
      const { checking } = this;
      this.checking = null;
      return checking;
    }
    const task = this.definition.group.background();
    if (task === null) {
      this.backgroundProblem = null;
      this.answerIdleWaiters();
    }
    return task;
  }

  private answerIdleWaiters(): void {
    for (const call of this.idleWaiters.splice(0)) this.reply(call, { value: null });
  }

  private call(call: number, name: string, request: unknown): void {
    try {
      this.checkFiles();
      const handlers = this.definition.group.handlers as Readonly<Record<string, Handler | undefined>>;
      const handler = handlers[name];
      if (handler === undefined) throw new Error(`the store has no operation ${name}`);
      const outcome = handler(request);
      if ("value" in outcome) this.reply(call, outcome);
      else {
        this.scheduler.run(
          outcome,
          (answer) => this.reply(call, answer),
          (error) => this.refuse(call, error),
        );
      }
    } catch (error) {
      this.refuse(call, error);
    }
  }

  private reply(call: number, answer: Answer<unknown>): void {
    this.post({ kind: "reply", call, value: answer.value, state: this.state() }, answer.transfer);
  }

  private refuse(call: number, error: unknown): void {
    if (isDamage(error)) this.failure(error);
    const message = error instanceof Error ? error.message : String(error);
    const detail = this.connection === null ? (this.problem ?? message) : message;
    this.post({ kind: "failure", call, detail, state: this.state() });
  }

  private state(): StoreState {
    return { problem: this.problem ?? this.backgroundProblem, incidents: this.incidents };
  }
}

/** Serves one store to the main thread. Called once, by the store's own worker file. */
export function serveStore<Settings>(define: DefineStore<Settings>): void {
  const port = parentPort;
  if (port === null) return;
  let worker: StoreWorker | null = null;
  const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, [...transfer]);
  port.on("message", (message: ToWorker) => {
    if (message.kind === "open") {
      const settings = message.settings as Settings;
      worker = new StoreWorker(message.directory, (context) => define(context, settings), post);
    } else worker?.receive(message);
  });
}
