/**
 * The link previews of shares. Anybody with a link can request them, so one is kept per share, language and status, and
 * one is drawn at a time; a few requests wait, more are refused.
 */
import "server-only";
import type { Locale } from "@/components/i18n/locale";
import { Semaphore } from "@/lib/concurrency/semaphore";
import { TooManyError } from "@/lib/model/errors";
import type { ShareStatus } from "@/lib/model/share.schema";
import { ImageThread } from "./image-thread";
import { imageWords } from "./image-words";

/** A preview is drawn again after this time, in milliseconds, or when a node's status has changed. */
const FRESH_MS = 60_000;
const MOST_ENTRIES = 100;
const WAITING_LIMIT = 4;
const RETRY_AFTER_SECONDS = 5;

interface CacheEntry {
  readonly state: string;
  readonly atMs: number;
  readonly png: Promise<ArrayBuffer>;
}

export class ImageCache {
  private readonly images = new Map<string, CacheEntry>();
  private readonly drawing = new Semaphore(1);
  private expiry: NodeJS.Timeout | undefined;

  constructor(
    private readonly draw: (status: ShareStatus, locale: Locale) => Promise<ArrayBuffer>,
    private readonly nowMs: () => number,
  ) {}

  /**
   * The picture of a share; `share` identifies it.
   * @throws TooManyError when too many others are being drawn
   */
  async image(share: string, status: ShareStatus, locale: Locale): Promise<ArrayBuffer> {
    const key = `${locale} ${share}`;
    const state = stateOf(status);
    const kept = this.images.get(key);
    if (kept?.state === state && this.nowMs() - kept.atMs < FRESH_MS) return kept.png;
    if (this.drawing.waiting >= WAITING_LIMIT) {
      throw new TooManyError(
        "too many link previews are being drawn; try again shortly",
        RETRY_AFTER_SECONDS,
      );
    }
    const png = this.drawing.run(() => this.draw(status, locale));
    this.keep(key, { state, atMs: this.nowMs(), png });
    return png;
  }

  private keep(key: string, image: CacheEntry): void {
    this.images.delete(key);
    this.images.set(key, image);
    const [oldest] = this.images.keys();
    if (this.images.size > MOST_ENTRIES && oldest !== undefined) this.images.delete(oldest);
    image.png.catch(() => {
      if (this.images.get(key) === image) this.images.delete(key);
    });
    this.expiry ??= setInterval(() => this.dropExpired(), FRESH_MS).unref();
  }

  private dropExpired(): void {
    for (const [key, { atMs }] of this.images) {
      if (this.nowMs() - atMs >= FRESH_MS) this.images.delete(key);
    }
    if (this.images.size > 0) return;
    clearInterval(this.expiry);
    this.expiry = undefined;
  }
}

/** What of the status a picture must never show wrongly; levels and charts may be a minute old. */
function stateOf({ label, mode, frozenMs, nodes }: ShareStatus): string {
  return JSON.stringify([label, mode, frozenMs, nodes.map(({ name, status }) => [name, status])]);
}

const thread = new ImageThread();
const cache = new ImageCache(
  (status, locale) => thread.draw({ status, words: imageWords(status, locale), locale }),
  Date.now,
);

/** The link preview of a share as PNG. @throws TooManyError */
export function shareImage(share: string, status: ShareStatus, locale: Locale): Promise<ArrayBuffer> {
  return cache.image(share, status, locale);
}
