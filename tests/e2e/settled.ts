/** Waiting until a page is interactive, and until it is complete. */
import { expect, type Page, type Request } from "@playwright/test";

/**
 * Waits until the page follows the fleet. Before that it may stand as the server wrote it, and neither clicks nor
 * Back would be heard. Figures older than two polls of a second are called stale, which a busy machine brings about.
 */
export async function follows(page: Page): Promise<void> {
  await expect(page.getByText(/^(Live|ライブ) · /)).toBeVisible({ timeout: 40_000 });
}

/**
 * Opens any page and waits until it is complete: its requests are answered, no placeholder
 * is shown, its scripts are idle, and its animations have ended.
 */
export async function openSettled(page: Page, url: string): Promise<void> {
  const open = new Set<Request>();
  const begin = (request: Request) => {
    if (request.resourceType() !== "eventsource") open.add(request);
  };
  const end = (request: Request) => void open.delete(request);
  page.on("request", begin).on("requestfinished", end).on("requestfailed", end);
  try {
    await page.goto(url);
    await expect
      .poll(async () => {
        await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
        return { open: [...open].map((request) => request.url()), placeholders: await placeholders(page) };
      })
      .toEqual({ open: [], placeholders: 0 });
  } finally {
    page.off("request", begin).off("requestfinished", end).off("requestfailed", end);
  }
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  );
}

const placeholders = (page: Page) => page.locator(".skeleton").count();
