/** Link previews, which anybody with a link can request: what they cost, and that they cost it once. */
import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { ImageCache } from "@/components/shared-page/image/image-cache";
import { ImageThread } from "@/components/shared-page/image/image-thread";
import type { ShareStatus } from "@/lib/model/share.schema";

const status = (more: Partial<ShareStatus> = {}): ShareStatus => ({
  label: "Catalogue キャッシュ",
  mode: "live",
  pool: "catalog",
  fields: ["hitRatio"],
  redacted: true,
  windowMs: 3_600_000,
  expiresMs: 1_800_000_000_000,
  nodes: [],
  markers: [],
  atMs: 1_790_000_000_000,
  servedMs: 1_790_000_000_000,
  frozenMs: null,
  summary: {
    nodes: 1,
    up: 1,
    hitRatio: 0.9,
    bytes: null,
    limitMaxbytes: null,
    currConnections: null,
    maxConnections: null,
  },
  series: null,
  ...more,
});
const WORDS = {
  name: "Catalogue キャッシュ",
  tone: "ok",
  status: "稼働中",
  since: "",
  tiles: [{ name: "ヒット率", value: "90 %", note: "" }],
  asOf: "2026-09-21 16:00 UTC",
} as const;
const node = (state: "up" | "down") => ({
  name: "node 1",
  status: state,
  statusSinceMs: null,
  version: null,
  hitRatio: null,
  bytes: null,
  limitMaxbytes: null,
  currConnections: null,
  maxConnections: null,
});

test("preview.png is drawn in a thread of its own, as a PNG of 1200 × 630", async () => {
  const thread = new ImageThread();
  const { idle: before } = performance.eventLoopUtilization();
  const started = performance.now();
  const png = Buffer.from(await thread.draw({ status: status(), words: WORDS, locale: "ja" }));
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1200, 630]);
  // The event loop of this thread has waited nearly all the time.
  const idleShare = (performance.eventLoopUtilization().idle - before) / (performance.now() - started);
  expect(idleShare).toBeGreaterThan(0.8);
});

test("preview.png: 40 requests at once draw one picture, and one more when a node’s status changes", async () => {
  let drawn = 0;
  let nowMs = 0;
  const cache = new ImageCache(
    async () => {
      drawn++;
      return new ArrayBuffer(8);
    },
    () => nowMs,
  );
  const request = (state: "up" | "down", servedMs: number) =>
    cache.image("share", status({ nodes: [node(state)], servedMs }), "en");
  await Promise.all(Array.from({ length: 40 }, (_, n) => request("up", n)));
  expect(drawn).toBe(1);
  await request("down", 50);
  expect(drawn).toBe(2);
  await cache.image("share", status({ nodes: [node("down")] }), "ja");
  expect(drawn).toBe(3);
  nowMs += 60_000;
  await request("down", 60_000);
  expect(drawn).toBe(4);
});

test("preview.png: pictures of other shares are drawn one at a time, and beyond a few refused with 429", async () => {
  const finish: (() => void)[] = [];
  let atOnce = 0;
  let most = 0;
  const cache = new ImageCache(async () => {
    most = Math.max(most, ++atOnce);
    await new Promise<void>((resolve) => finish.push(resolve));
    atOnce--;
    return new ArrayBuffer(8);
  }, Date.now);
  const requests = Array.from({ length: 40 }, (_, n) => cache.image(`share ${n}`, status(), "en"));
  const settled = Promise.allSettled(requests);
  for (let done = 0; done < 5; done++) {
    await expect.poll(() => finish.length).toBe(done + 1);
    finish[done]?.();
  }
  const outcomes = await settled;
  expect(outcomes.filter(({ status: how }) => how === "fulfilled")).toHaveLength(5);
  expect(outcomes[39]).toMatchObject({ reason: { name: "TooManyError", retryAfterSeconds: 5 } });
  expect(most).toBe(1);
});

test("preview.png that could not be drawn is drawn again for the next request", async () => {
  let fails = true;
  const cache = new ImageCache(async () => {
    if (fails) throw new Error("no font");
    return new ArrayBuffer(8);
  }, Date.now);
  await expect(cache.image("share", status(), "en")).rejects.toThrow("no font");
  fails = false;
  await expect(cache.image("share", status(), "en")).resolves.toBeInstanceOf(ArrayBuffer);
});
