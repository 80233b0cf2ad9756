import { afterEach, describe, expect, it, vi } from "vitest";
import { ConflictError } from "@/lib/model/errors";
import { acquireCrawlerLock, checkCrawlerFree, crawlerLocksFree } from "./crawler-lock";

const NODE = "127.0.0.1:11211";

afterEach(() => vi.useRealTimers());

describe("the crawler turn of a node", () => {
  it("is one at a time, and tells what runs and since when", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 9, 30) });
    const turn = acquireCrawlerLock(NODE, "a metadump");
    expect(() => acquireCrawlerLock(NODE, "lru_crawler crawl")).toThrow(ConflictError);
    expect(() => checkCrawlerFree(NODE)).toThrow("a metadump runs since 2026-11-22T09:30:00.000Z");
    turn.describe("a metadump that stands still");
    expect(() => checkCrawlerFree(NODE)).toThrow("a metadump that stands still runs since 2026-11-22T09:30");
    turn.release();
    checkCrawlerFree(NODE);
  });

  it("is another one for another node", () => {
    const turn = acquireCrawlerLock(NODE, "a metadump");
    const other = acquireCrawlerLock("127.0.0.2:11211", "a metadump");
    turn.release();
    other.release();
  });

  it("given back twice does not end somebody else's", () => {
    const first = acquireCrawlerLock(NODE, "a metadump");
    first.release();
    const second = acquireCrawlerLock(NODE, "a metadump");
    first.release();
    expect(() => checkCrawlerFree(NODE)).toThrow(ConflictError);
    second.release();
  });

  it("is of the process, however many copies of the module there are", async () => {
    vi.resetModules();
    const copy = await import("./crawler-lock");
    expect(copy.acquireCrawlerLock).not.toBe(acquireCrawlerLock);
    const turn = copy.acquireCrawlerLock(NODE, "a metadump");
    expect(() => checkCrawlerFree(NODE)).toThrow(ConflictError);
    turn.release();
    checkCrawlerFree(NODE);
  });

  it("keeps waiting who waits for all until the last one is given back", async () => {
    await crawlerLocksFree();
    const turns = [acquireCrawlerLock(NODE, "a"), acquireCrawlerLock("127.0.0.2:11211", "b")];
    let free = false;
    const waiting = crawlerLocksFree().then(() => {
      free = true;
    });
    turns[0]?.release();
    await Promise.resolve();
    expect(free).toBe(false);
    turns[1]?.release();
    await waiting;
    expect(free).toBe(true);
  });
});
