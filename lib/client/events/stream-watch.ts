/**
 * Notices that a stream is dead although nothing closed it: a proxy may drop it in silence, and a machine that slept
 * has lost it. The server sends the event `alive` every few seconds, so silence means that nothing arrives.
 */

/** The event that the server sends when there is nothing else. */
export const ALIVE = "alive";

/** Four times as long as the server is silent. */
const SILENCE_MS = 20_000;
const LOOK_EVERY_MS = 500;
/** A timer that is this late was suspended: the machine or the tab slept. */
const SLEPT_MS = 4_000;

interface WatchedStream {
  /** Nothing has arrived for too long. Called again when it stays silent. */
  readonly onSilent: () => void;
  readonly onWake: () => void;
}

export class StreamWatch {
  private heardMs = Date.now();
  private lookedMs = Date.now();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly stream: WatchedStream) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
  }

  /** Something has arrived, or the stream was opened again. */
  heard(): void {
    this.heardMs = Date.now();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const nowMs = Date.now();
    const sinceMs = nowMs - this.lookedMs;
    this.lookedMs = nowMs;
    // A clock that was set back would make the silence look short.
    if (sinceMs > SLEPT_MS || sinceMs < 0) {
      this.heard();
      this.stream.onWake();
    } else if (nowMs - this.heardMs > SILENCE_MS) {
      this.heard();
      this.stream.onSilent();
    }
  }
}
