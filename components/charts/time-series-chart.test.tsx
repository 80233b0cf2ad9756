import { cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import { afterEach, describe, expect, it, vi } from "vitest";
import { messagesOf } from "@/components/i18n/messages";
import { type ChartData, chartData } from "./chart-data";
import { FRAME } from "./plot-geometry";
import { TimeSeriesChart } from "./time-series-chart";

afterEach(cleanup);

const START = Date.parse("2026-11-22T13:00:00Z");
const STEP = 60_000;
const NODE = "10.0.1.7:11211";

const data = chartData(
  [
    {
      metric: "gets",
      unit: "perSecond",
      metrics: [],
      fromMs: START,
      toMs: START + 4 * STEP,
      stepMs: STEP,
      atMs: [0, 1, 2, 3].map((index) => START + index * STEP),
      series: [
        { metric: "gets", node: NODE, pool: "catalog", values: [10, null, 30, 40] },
        { metric: "sets", node: NODE, pool: "catalog", values: [1, 2, 3, 4] },
      ],
      markers: [{ atMs: START + 90_000, node: NODE, kind: "restart", text: "pid 1 to 2" }],
    },
  ],
  (row) => ({ label: row.metric }),
  [{ value: 50, label: "limit 50" }],
  STEP,
) as ChartData;

function Page({ children, locale = "en" }: { readonly children: ReactNode; readonly locale?: "en" | "ja" }) {
  return (
    <IntlProvider locale={locale} messages={messagesOf(locale)} timeZone="UTC">
      {children}
    </IntlProvider>
  );
}

function show(props: Partial<Parameters<typeof TimeSeriesChart>[0]> = {}) {
  return render(
    <Page>
      <TimeSeriesChart data={data} nowMs={START + 4 * STEP} label="Commands per second" {...props} />
    </Page>,
  );
}

describe("a chart", () => {
  it("has a text summary: first, last, min, max, gaps, limits and markers", () => {
    show();
    const summary = screen.getByRole("figure", { name: "Commands per second" }).querySelector("figcaption");
    expect(summary?.textContent).toContain("gets: first 10/s, last 40/s, min 10/s, max 40/s, 1 gap.");
    expect(summary?.textContent).toContain("sets: first 1/s, last 4/s, min 1/s, max 4/s.");
    expect(summary?.textContent).toContain("limit 50");
    expect(summary?.textContent).toContain("13:01:30: restart, 10.0.1.7:11211");
  });

  it("moves through its points by keyboard and announces each value or gap", () => {
    show();
    const slider = screen.getByRole("slider");
    fireEvent.keyDown(slider, { key: "Home" });
    expect(slider.getAttribute("aria-valuetext")).toBe("13:00:00: gets 10/s, sets 1/s");
    fireEvent.keyDown(slider, { key: "ArrowRight" });
    expect(slider.getAttribute("aria-valuetext")).toBe("13:01:00: gets –, sets 2/s");
    fireEvent.keyDown(slider, { key: "End" });
    expect(slider.getAttribute("aria-valuenow")).toBe("3");
    fireEvent.keyDown(slider, { key: "Escape" });
  });

  it("hides and shows a line from its legend", () => {
    show();
    const entry = screen.getByRole("button", { name: /gets/ });
    expect(entry.getAttribute("aria-pressed")).toBe("true");
    fireEvent.click(entry);
    expect(entry.getAttribute("aria-pressed")).toBe("false");
    expect(screen.getByRole("slider").getAttribute("aria-valuetext")).not.toContain("gets");
  });

  it("shows the same values as a table, newest first, gaps as dashes", () => {
    show({ view: "table" });
    const rows = within(screen.getByRole("table")).getAllByRole("row").slice(1);
    expect(rows.map((row) => row.textContent)).toEqual([
      "13:03:0040/s4/s",
      "13:02:0030/s3/s",
      "13:01:00–2/s",
      "13:00:0010/s1/s",
    ]);
  });

  it("marks the same instant in the other charts of its group, with values beside the pointer only in its own", () => {
    render(
      <Page>
        <TimeSeriesChart data={data} nowMs={START + 4 * STEP} label="one" group="g" />
        <TimeSeriesChart data={data} nowMs={START + 4 * STEP} label="two" group="g" />
      </Page>,
    );
    const [first, second] = screen.getAllByRole("slider");
    if (!first || !second) throw new Error("two charts were drawn");
    fireEvent.keyDown(first, { key: "Home" });
    expect(second.getAttribute("aria-valuenow")).toBe("0");
    expect(first.textContent).toContain("13:00:00");
    expect(second.textContent).not.toContain("13:00:00");
    fireEvent.keyDown(first, { key: "Escape" });
  });

  it("zooms to a dragged time range, and treats a short drag as a click", () => {
    const onZoom = vi.fn();
    show({ onZoom });
    const slider = screen.getByRole("slider");
    const drag = (from: number, to: number) => {
      fireEvent.pointerDown(slider, { clientX: from, button: 0 });
      fireEvent.pointerMove(slider, { clientX: to });
      fireEvent.pointerUp(slider, { clientX: to });
    };
    drag(FRAME.left + 10, FRAME.left + 12);
    expect(onZoom).not.toHaveBeenCalled();
    // Until its size is known, a chart is 480 pixels wide.
    const inner = 480 - FRAME.left - FRAME.right;
    drag(FRAME.left + inner * 0.75, FRAME.left + inner * 0.25);
    expect(onZoom).toHaveBeenCalledWith(START + STEP, START + 3 * STEP);
  });

  it("is translated to Japanese", () => {
    render(
      <Page locale="ja">
        <TimeSeriesChart data={data} nowMs={START + 4 * STEP} label="コマンド / 秒" />
      </Page>,
    );
    expect(screen.getByRole("figure").textContent).toContain("欠測 1 か所");
  });
});
