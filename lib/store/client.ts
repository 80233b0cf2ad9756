/** The main thread's end of a store: a worker thread behind typed requests. */
import type { Worker } from "node:worker_threads";
import { UnavailableError } from "@/lib/model/errors";
import type { FromWorker, StoreState, ToWorker } from "./protocol";
import type { OperationTypes } from "./table-group";

/** A worker that does not end in order by then is ended by force. */
const CLOSE_MS = 3_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class StoreClient<Operations extends OperationTypes> {
  private readonly waiting = new Map<number, Waiting>();
  private worker: Worker | null = null;
  private opening: Promise<void> | null = null;
  private calls = 0;
  private closing = false;
  private latest: StoreState = { problem: null, quarantined: null };

  constructor(
    private readonly directory: string,
    /** Starts a thread that runs `serveStore`. The caller names the file, so that bundlers see its address. */
    private readonly startWorker: () => Worker,
    /** What the store's definition is made from; has to be cloneable. */
    private readonly settings: unknown,
    /** Told whenever a reply says how the store is. */
    private readonly onState: (state: StoreState) => void,
  ) {}

  /** Starts the worker. Resolves once it has tried to open the file, also when that failed: see `state`. */
  open(): Promise<void> {
    this.opening ??= new Promise((resolve, reject) => {
      const worker = this.startWorker();
      this.worker = worker;
      worker.on("message", (message: FromWorker) => {
        if (message.kind === "opened") {
          this.note(message.state);
          resolve();
        } else this.settle(message);
      });
      let reason = "the store's worker ended";
      worker.on("error", (error) => {
        reason = `the store's worker failed: ${error.message}`;
      });
      worker.on("exit", () => {
        const error = new UnavailableError(reason);
        this.lost(error);
        reject(error);
      });
      this.post({ kind: "open", directory: this.directory, settings: this.settings });
    });
    return this.opening;
  }

  /** How the store was at the last reply. */
  state(): StoreState {
    return this.latest;
  }

  /** Sends a request; `transfer` lists buffers handed over instead of copied. Rejects with `UnavailableError`. */
  async call<Name extends keyof Operations & string>(
    name: Name,
    request: Operations[Name]["request"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Operations[Name]["reply"]> {
    return this.ask((call) => ({ kind: "call", call, name, request }), transfer);
  }

  /** Caps the size of the file in bytes; null lifts the cap. */
  async limit(maxBytes: number | null): Promise<void> {
    await this.ask((call) => ({ kind: "limit", call, maxBytes }));
  }

  /** Resolves when there is no background work left. */
  async settled(): Promise<void> {
    await this.ask((call) => ({ kind: "settle", call }));
  }

  /** Closes the file and ends the worker. Requests still waiting are rejected. */
  async close(): Promise<void> {
    this.closing = true;
    const worker = this.worker;
    if (worker === null) return;
    const ended = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
    const force = setTimeout(() => void worker.terminate(), CLOSE_MS);
    this.post({ kind: "close" });
    await ended;
    clearTimeout(force);
  }

  private async ask(
    message: (call: number) => ToWorker,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (this.closing) throw new UnavailableError("the store is closed");
    if (this.worker === null || this.opening !== null) await this.open();
    const call = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(call, { resolve, reject });
      this.post(message(call), transfer);
    });
  }

  private post(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.worker?.postMessage(message, [...transfer]);
  }

  private settle(message: Exclude<FromWorker, { kind: "opened" }>): void {
    if (message.kind === "closed") {
      void this.worker?.terminate();
      return;
    }
    this.note(message.state);
    const waiting = this.waiting.get(message.call);
    this.waiting.delete(message.call);
    if (message.kind === "reply") waiting?.resolve(message.value);
    else waiting?.reject(new UnavailableError(message.detail));
  }

  private note(state: StoreState): void {
    this.latest = state;
    this.onState(state);
  }

  /** The worker is gone. The next request starts another one, unless the store was closed. */
  private lost(error: UnavailableError): void {
    this.worker = null;
    this.opening = null;
    if (!this.closing) this.note({ ...this.latest, problem: `${error.message}. It is started again.` });
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
  }
}
