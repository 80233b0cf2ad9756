/** A store for the main thread: a worker thread behind typed requests. */
import type { Worker } from "node:worker_threads";
import { UnavailableError } from "@/lib/model/errors";
import type { FromWorker, StoreState, ToWorker } from "./protocol";
import type { OperationTypes } from "./table-group";

/** A worker that has not closed its file by then is terminated, in milliseconds. */
const CLOSE_MS = 3_000;

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class StoreClient<Operations extends OperationTypes> {
  private readonly pending = new Map<number, PendingCall>();
  private worker: Worker | null = null;
  private opening: Promise<void> | null = null;
  private lastCall = 0;
  private closing = false;
  private latestState: StoreState = { problem: null, incidents: [] };

  constructor(
    private readonly directory: string,
    /** Starts a thread that runs `serveStore`. The caller has the `new URL`, so that bundlers find the file. */
    private readonly startWorker: () => Worker,
    /** The settings of the store's definition; must be structured-cloneable. */
    private readonly settings: unknown,
    /** Called with the state of every reply, and when it changes by itself. */
    private readonly onState: (state: StoreState) => void,
  ) {}

  /** Starts the worker. Resolves once it has tried to open the file, also when that failed (see `state`). */
  open(): Promise<void> {
    this.opening ??= new Promise((resolve, reject) => {
      const worker = this.startWorker();
      this.worker = worker;
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "opened") {
          this.setState(message.state);
          resolve();
        } else this.receive(message);
      });
      let reason = "the store’s worker thread exited";
      worker.on("error", (error) => {
        reason = `the store’s worker thread failed: ${error.message}`;
      });
      worker.on("exit", () => {
        const error = new UnavailableError(reason);
        this.workerExited(error);
        reject(error);
      });
      this.post({ kind: "open", directory: this.directory, settings: this.settings });
    });
    return this.opening;
  }

  /** The state of the last reply. */
  state(): StoreState {
    return this.latestState;
  }

  /** Sends a request; `transfer` lists buffers to move instead of copying. Rejects with `UnavailableError`. */
  async call<Name extends keyof Operations & string>(
    name: Name,
    request: Operations[Name]["request"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Operations[Name]["reply"]> {
    return this.send((call) => ({ kind: "call", call, name, request }), transfer);
  }

  /** Caps the size of the file in bytes; null lifts the cap. */
  async limit(maxBytes: number | null): Promise<void> {
    await this.send((call) => ({ kind: "limit", call, maxBytes }));
  }

  /** Resolves when there is no background work left. */
  async idle(): Promise<void> {
    await this.send((call) => ({ kind: "idle", call }));
  }

  /** Closes the file and ends the worker. Pending requests are rejected. */
  async close(): Promise<void> {
    this.closing = true;
    const worker = this.worker;
    if (worker === null) return;
    const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const force = setTimeout(() => void worker.terminate(), CLOSE_MS);
    this.post({ kind: "close" });
    await exited;
    clearTimeout(force);
  }

  private async send(
    message: (call: number) => ToWorker,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (this.closing) throw new UnavailableError("the store is closed");
    if (this.worker === null || this.opening !== null) await this.open();
    const call = ++this.lastCall;
    return new Promise((resolve, reject) => {
      this.pending.set(call, { resolve, reject });
      this.post(message(call), transfer);
    });
  }

  private post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.worker?.postMessage(message, [...transfer]);
  }

  private receive(message: Exclude<FromWorker, { kind: "opened" }>): void {
    if (message.kind === "closed") {
      void this.worker?.terminate();
      return;
    }
    this.setState(message.state);
    if (message.kind === "state") return;
    const pending = this.pending.get(message.call);
    this.pending.delete(message.call);
    if (message.kind === "reply") pending?.resolve(message.value);
    else pending?.reject(new UnavailableError(message.detail));
  }

  private setState(state: StoreState): void {
    this.latestState = state;
    this.onState(state);
  }

  /** The next request starts another worker, unless the store was closed. */
  private workerExited(error: UnavailableError): void {
    this.worker = null;
    this.opening = null;
    if (!this.closing) {
      this.setState({ ...this.latestState, problem: `${error.message}. It restarts with the next request.` });
    }
    for (const pending of this.pending.values()) pending.reject(error);
    this.pending.clear();
  }
}
