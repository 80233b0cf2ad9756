/** Draws link previews in a worker thread, which ends when it has nothing to do: its memory then is free again. */
import "server-only";
import { Worker } from "node:worker_threads";
import type { DrawnImage, ImageRequest } from "./image-request";

/** How long the thread waits for the next picture, and may draw one, in milliseconds. */
const IDLE_MS = 15_000;
const DEADLINE_MS = 60_000;

export class ImageThread {
  private worker: Worker | null = null;
  private idle: NodeJS.Timeout | undefined;

  /** Draws one picture; the caller waits for it before it asks for the next. */
  async draw(request: ImageRequest): Promise<ArrayBuffer> {
    clearTimeout(this.idle);
    this.worker ??= startThread();
    const { worker } = this;
    try {
      const drawn = await replyOf(worker, request);
      if ("failure" in drawn) throw new Error(drawn.failure);
      this.idle = setTimeout(() => this.end(), IDLE_MS).unref();
      return drawn.png;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  private end(): void {
    void this.worker?.terminate();
    this.worker = null;
  }
}

function startThread(): Worker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  worker.unref();
  return worker;
}

function replyOf(worker: Worker, request: ImageRequest): Promise<DrawnImage> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => fail(new Error("the link preview took too long to draw")), DEADLINE_MS);
    const exited = () => fail(new Error("the thread that draws link previews has ended"));
    const stopListening = () => {
      clearTimeout(deadline);
      worker.off("message", done).off("error", fail).off("exit", exited);
    };
    const done = (drawn: DrawnImage) => {
      stopListening();
      resolve(drawn);
    };
    const fail = (error: Error) => {
      stopListening();
      reject(error);
    };
    worker.on("message", done).on("error", fail).on("exit", exited);
    worker.postMessage(request);
  });
}
