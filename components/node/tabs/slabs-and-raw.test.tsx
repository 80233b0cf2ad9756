import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { IntlProvider } from "use-intl";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { messagesOf } from "@/components/i18n/messages";
import type { Node } from "@/lib/model/node/node.schema";
import { ConnectionsTab } from "./connections";
import { RawTab } from "./raw";
import { SlabsTab } from "./slabs";

const address = vi.hoisted(() => ({ search: "" }));
vi.mock("next/navigation", () => ({ useSearchParams: () => new URLSearchParams(address.search) }));

const node: Node = {
  id: "10.0.1.7:11211",
  pool: "catalog",
  labels: {},
  status: "up",
  statusReason: null,
  statusCode: null,
  statusSinceMs: 0,
  health: { state: "ok", cause: null },
  elsewhere: false,
  capabilities: ["stats"],
  lacking: { stats_conns: "binaryProtocol", stats_sizes: "crashesThisVersion" },
  protocol: "binary",
  version: "1.6.18",
  proxy: null,
  pid: 7,
  uptimeSeconds: 60,
  atMs: 0,
  latencyMs: 1,
  auth: "sasl",
  tls: false,
  bytes: null,
  limitMaxbytes: null,
  currConnections: null,
  maxConnections: null,
  currItems: null,
  hitRatio: null,
  getsPerSecond: null,
  setsPerSecond: null,
  evictionsPerSecond: null,
  lastRestartMs: null,
  lastFlushMs: null,
  lastFlushBy: null,
  pendingFlushBy: null,
  pendingFlushMs: null,
  findings: null,
  alerts: null,
};

const slab = (id: number, evicted: number, verdict: string) => ({
  id,
  chunkSize: 96 * id,
  totalPages: 1,
  evicted,
  evictedTimeSeconds: 90,
  memRequested: null,
  verdict,
});

const REPLIES: Readonly<Record<string, unknown>> = {
  "/api/v1/nodes/10.0.1.7%3A11211/slabs": {
    atMs: 0,
    activeSlabs: 2,
    totalMalloced: 2_097_152,
    freePages: null,
    classes: [slab(1, 0, "healthy"), slab(12, 71, "starved")],
  },
  "/api/v1/nodes/10.0.1.7%3A11211/stats/general": {
    atMs: 0,
    group: "general",
    entries: { pid: "7", version: "1.6\u202E81", get_hits: "12" },
  },
};

const requests: string[] = [];

beforeEach(() => {
  requests.length = 0;
  vi.stubGlobal("fetch", (path: string) => {
    requests.push(path);
    const reply = REPLIES[path];
    return Promise.resolve(
      reply === undefined
        ? new Response(JSON.stringify({ title: "Not found", detail: "no such thing" }), { status: 404 })
        : Response.json(reply),
    );
  });
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(children: ReactNode, search = "") {
  address.search = search;
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <IntlProvider locale="en" messages={messagesOf("en")} timeZone="UTC" now={new Date(0)}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </IntlProvider>,
  );
}

describe("the slab tab", () => {
  it("highlights the class and uses the sort order from the URL", async () => {
    show(<SlabsTab node={node} />, "?class=12&sort=evicted&dir=desc");
    const rows = within(await screen.findByRole("table")).getAllByRole("row");
    expect(rows.map((row) => row.getAttribute("aria-current"))).toEqual([null, "true", null]);
    expect(rows[1]?.textContent).toContain("Starved");
  });

  it("shows no eviction age for a class without evictions, and no empty column", async () => {
    show(<SlabsTab node={node} />);
    const [head, first] = within(await screen.findByRole("table")).getAllByRole("row");
    expect(head?.textContent).not.toContain("Requested");
    expect(first?.textContent).toContain("–");
  });

  it("shows that a silent node is not responding, without a request", () => {
    show(<SlabsTab node={{ ...node, status: "down" }} />);
    expect(screen.getByText("Node not responding")).toBeTruthy();
    expect(requests).toEqual([]);
  });
});

describe("a group that a node does not support", () => {
  it("shows why connections are not available, without a request", () => {
    show(<ConnectionsTab node={node} />);
    expect(screen.getByText("Not available over the binary protocol")).toBeTruthy();
    expect(requests).toEqual([]);
  });

  it("never requests a group that would crash the server, and shows the reason", () => {
    show(<RawTab node={node} />, "?group=sizes");
    expect(screen.getByText("Disabled: this command crashes this memcached version")).toBeTruthy();
    expect(requests).toEqual([]);
  });
});

describe("a node that another process collects", () => {
  const elsewhere: Node = {
    ...node,
    elsewhere: true,
    capabilities: [],
    lacking: { stats: "notAskedYet", stats_conns: "notAskedYet" },
  };

  it("is read live although its capabilities are unknown here", async () => {
    show(<RawTab node={elsewhere} />);
    expect(await screen.findByRole("row", { name: /get_hits/ })).toBeTruthy();
  });

  it("is read live when its status is unknown", async () => {
    show(<SlabsTab node={{ ...elsewhere, status: "unknown" }} />);
    expect(await screen.findByRole("table")).toBeTruthy();
    cleanup();
    show(<ConnectionsTab node={{ ...elsewhere, status: "unknown" }} />);
    expect((await screen.findByRole("alert")).textContent).toContain("no such thing");
  });

  it("gets no request that is known to be harmful", () => {
    show(<RawTab node={{ ...elsewhere, lacking: node.lacking }} />, "?group=sizes");
    expect(requests).toEqual([]);
  });
});

describe("the raw tab", () => {
  it("shows values as the server sent them, with hidden characters visible", async () => {
    show(<RawTab node={node} />);
    expect((await screen.findByRole("row", { name: /version/ })).textContent).toContain("1.6\\u{202e}81");
    expect(screen.getByText("3 of 3")).toBeTruthy();
  });

  it("filters by the search text in the URL", async () => {
    show(<RawTab node={node} />, "?q=found%20an%20item");
    const rows = within(await screen.findByRole("table"))
      .getAllByRole("row")
      .slice(1);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.textContent).toContain("get_hits");
  });
});
