/** When a page can be judged as a whole. */
import type { Page } from "@playwright/test";
import { expect } from "@playwright/test";

/** Opens any page and waits until it stands still. */
export async function openSettled(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await settled(page);
}

/**
 * Waits until nothing of the page is still to come: it follows the fleet, if it has a way to other pages, no
 * placeholder stands in it, and what moves has come to its end.
 */
export async function settled(page: Page): Promise<void> {
  if ((await page.locator("nav").count()) > 0) {
    await expect(page.getByText(/^(Live|ライブ) · /)).toBeVisible();
  }
  await expect(page.locator(".skeleton")).toHaveCount(0);
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  );
}
