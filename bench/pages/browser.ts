/** Chromium's measurements of a page: when it becomes usable, its frames, the load of its main thread. */
import type { Browser } from "@playwright/test";

const VIEWPORT = { width: 1440, height: 900 };

export interface Page {
  readonly usableMs: number;
  /** Bytes over the network until the charts stand. */
  readonly transferred: number;
}

/** Usable: the first row is shown, and the page answers a key (`/` puts the cursor into the search). */
export async function coldLoad(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  let transferred = 0;
  await session.send("Network.enable");
  session.on("Network.loadingFinished", (event) => {
    transferred += event.encodedDataLength;
  });
  const startedMs = performance.now();
  await page.goto(url, { waitUntil: "commit" });
  await page.getByRole("row").nth(1).waitFor();
  const search = page.getByRole("searchbox").first();
  for (;;) {
    await page.keyboard.press("/");
    if (await search.evaluate((element) => element === document.activeElement)) break;
    await page.waitForTimeout(10);
  }
  const usableMs = performance.now() - startedMs;
  await page.waitForTimeout(3_000);
  await context.close();
  return { usableMs, transferred };
}

/** Milliseconds between frames while the page scrolls through its table, ascending. */
export async function scrollFrames(browser: Browser, url: string): Promise<number[]> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  await page.goto(url);
  await page.getByRole("row").nth(1).waitFor();
  await page.waitForTimeout(4_000);
  const frames = await page.evaluate<number[]>(MEASURE_FRAMES);
  await page.close();
  return frames.sort((a, b) => a - b);
}

/** As text: what the loader adds to functions does not exist in the page. */
const MEASURE_FRAMES = `new Promise((resolve) => {
  const gaps = [];
  let last = performance.now();
  requestAnimationFrame(function step(now) {
    gaps.push(now - last);
    last = now;
    scrollBy(0, 60);
    if (gaps.length < 240) requestAnimationFrame(step);
    else resolve(gaps.slice(1));
  });
})`;

const WATCH_TASKS = `
  globalThis.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.longestTask = Math.max(globalThis.longestTask, duration);
  }).observe({ type: "longtask" });
`;

export interface Busyness {
  /** Share of the time, 0..1, that the main thread had something to do. */
  readonly busy: number;
  readonly script: number;
  /** Milliseconds; 0 when no task took 50 ms or more. */
  readonly longestMs: number;
}

/** The main-thread load of an idle open page, once it has loaded. */
export async function liveBusyness(
  browser: Browser,
  url: string,
  settleMs: number,
  watchMs: number,
): Promise<Busyness> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  await page.goto(url);
  await page.getByRole("row").nth(1).waitFor();
  await page.waitForTimeout(settleMs);
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return { at: of("Timestamp"), task: of("TaskDuration"), script: of("ScriptDuration") };
  };
  await page.evaluate(WATCH_TASKS);
  const before = await read();
  await page.waitForTimeout(watchMs);
  const after = await read();
  const longestMs = await page.evaluate<number>("globalThis.longestTask");
  await page.close();
  const seconds = after.at - before.at;
  return {
    busy: (after.task - before.task) / seconds,
    script: (after.script - before.script) / seconds,
    longestMs,
  };
}
