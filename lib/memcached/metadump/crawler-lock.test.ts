import { afterEach, describe, expect, it, vi } from "vitest";
import { ConflictError } from "@/lib/model/errors";
import { acquireCrawlerLock, checkCrawlerFree, crawlerLocksFree, shareCrawlerLocks } from "./crawler-lock";

const NODE = "127.0.0.1:11211";

afterEach(() => vi.useRealTimers());

describe("the crawler lock of a node", () => {
  it("admits one operation at a time, and reports it and its start", () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 9, 30) });
    const lock = acquireCrawlerLock(NODE, "a metadump");
    expect(() => acquireCrawlerLock(NODE, "lru_crawler crawl")).toThrow(ConflictError);
    expect(() => checkCrawlerFree(NODE)).toThrow(
      "a metadump has been running since 2026-11-22T09:30:00.000Z",
    );
    lock.describe("a metadump (no data for 30 s)");
    expect(() => checkCrawlerFree(NODE)).toThrow(
      "a metadump (no data for 30 s) has been running since 2026-11-22T09:30",
    );
    lock.release();
    checkCrawlerFree(NODE);
  });

  it("is per node", () => {
    const lock = acquireCrawlerLock(NODE, "a metadump");
    const other = acquireCrawlerLock("127.0.0.2:11211", "a metadump");
    lock.release();
    other.release();
  });

  it("is shared by nodes that lead to one server process", () => {
    const other = "127.0.0.2:11211";
    shareCrawlerLocks((node) => (node === NODE ? [other] : [NODE]));
    const lock = acquireCrawlerLock(NODE, "a metadump");
    expect(() => acquireCrawlerLock(other, "lru_crawler crawl")).toThrow(ConflictError);
    lock.release();
    acquireCrawlerLock(other, "lru_crawler crawl").release();
    shareCrawlerLocks(() => []);
  });

  it("does not release a later lock when released twice", () => {
    const first = acquireCrawlerLock(NODE, "a metadump");
    first.release();
    const second = acquireCrawlerLock(NODE, "a metadump");
    first.release();
    expect(() => checkCrawlerFree(NODE)).toThrow(ConflictError);
    second.release();
  });

  it("is shared by all copies of the module", async () => {
    vi.resetModules();
    const copy = await import("./crawler-lock");
    expect(copy.acquireCrawlerLock).not.toBe(acquireCrawlerLock);
    const lock = copy.acquireCrawlerLock(NODE, "a metadump");
    expect(() => checkCrawlerFree(NODE)).toThrow(ConflictError);
    lock.release();
    checkCrawlerFree(NODE);
  });

  it("resolves the wait for all locks with the last release", async () => {
    await crawlerLocksFree();
    const locks = [acquireCrawlerLock(NODE, "a"), acquireCrawlerLock("127.0.0.2:11211", "b")];
    let free = false;
    const waiting = crawlerLocksFree().then(() => {
      free = true;
    });
    locks[0]?.release();
    await Promise.resolve();
    expect(free).toBe(false);
    locks[1]?.release();
    await waiting;
    expect(free).toBe(true);
  });
});
