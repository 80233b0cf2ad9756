/**
 * The worker thread of one store file: opens it, answers requests, and does background work in small slices. While the
 * file cannot be opened it runs without a database, and keeps trying.
 */
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import {
  type Connection,
  closeDatabase,
  describeFailure,
  isDamage,
  limitSize,
  openDatabase,
} from "./database";
import type { DefineStore, StoreDefinition } from "./definition";
import type { FromWorker, StoreState, ToWorker } from "./protocol";
import { Scheduler, type Task } from "./scheduler";
import type { Answer, Outcome, TableContext } from "./table-group";

type Handler = (request: unknown) => Outcome<unknown>;

class StoreWorker {
  private readonly definition: StoreDefinition;
  private readonly scheduler: Scheduler;
  /** Calls that wait until there is no background work. */
  private readonly idleWaiters: number[] = [];
  private connection: Connection | null = null;
  /** Why the last write failed, and why background work did; null when they did not. */
  private problem: string | null = null;
  private backgroundProblem: string | null = null;
  private quarantined: string | null = null;
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
        this.release();
        this.post({ kind: "closed" });
    }
  }

  private context(): TableContext {
    return {
      database: (retry) => {
        if (this.connection === null && retry) this.tryOpen();
        return this.connection;
      },
      failure: (error) => this.failure(error),
      recovered: () => {
        this.problem = null;
      },
      wake: () => this.scheduler.wake(),
    };
  }

  private tryOpen(suspect = this.suspect): void {
    try {
      const plan = { ...this.definition, maxBytes: this.maxBytes, suspect };
      const opened = openDatabase(this.directory, plan, Date.now());
      this.connection = opened.connection;
      this.quarantined = opened.quarantined ?? this.quarantined;
      this.definition.group.opened(opened.connection);
      this.problem = null;
      this.suspect = false;
    } catch (error) {
      this.failure(error);
      this.release();
      if (!suspect && this.suspect) this.tryOpen();
    }
  }

  private failure(error: unknown): void {
    this.problem = describeFailure(error, join(this.directory, this.definition.file));
    if (!isDamage(error)) return;
    this.suspect = true;
    this.release();
  }

  private release(): void {
    const connection = this.connection;
    this.connection = null;
    try {
      if (connection !== null) closeDatabase(connection);
    } catch (error) {
      this.problem = describeFailure(error, join(this.directory, this.definition.file));
    }
  }

  private nextBackground(): Task<void> | null {
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
    const detail = error instanceof Error ? error.message : String(error);
    this.post({ kind: "failure", call, detail, state: this.state() });
  }

  private state(): StoreState {
    return { problem: this.problem ?? this.backgroundProblem, quarantined: this.quarantined };
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
