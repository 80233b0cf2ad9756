import { describe, expect, it, vi } from "vitest";
import type { ReportedFinding } from "@/lib/model/findings/finding.schema";
import type { FindingsQuery } from "@/lib/model/http/queries";
import type { Runtime } from "@/lib/server/runtime";
import { findingsResponse } from "./findings";

vi.mock("@/lib/server/lifecycle", () => ({ logDefect: vi.fn() }));

const SUMMARY = { atMs: 5, totals: { critical: 0, warning: 0, info: 0, ok: 7 }, undiagnosed: 0 };

function finding(n: number): ReportedFinding {
  return {
    node: `10.0.0.${n}:11211`,
    pool: "main",
    probe: "settings",
    check: "verbosity",
    verdict: "pass",
    severity: "ok",
    title: "quiet",
    figures: {},
    evidence: { n },
    atMs: n,
    probedFrom: "here",
    patched: null,
    previous: null,
  };
}

/** Seven findings in pages of two; `read` counts the requested pages. */
function fleet({ breaksAt = 99 } = {}) {
  const read = { pages: 1, query: null as FindingsQuery | null, form: "" };
  const page = (at: number) => {
    const numbers = [0, 1, 2, 3, 4, 5, 6].slice(at * 2, at * 2 + 2);
    return { findings: numbers.map(finding), nextCursor: at < 3 ? `c${at}` : null };
  };
  async function* rest(most: number) {
    for (let at = 1; at <= 3 && at * 2 < most; at++) {
      if (at === breaksAt) throw new Error("the store is closed");
      read.pages++;
      yield page(at);
    }
  }
  const list = async (query: FindingsQuery, form: string) => {
    read.query = query;
    read.form = form;
    return { summary: SUMMARY, first: page(0), rest: rest(query.limit ?? 100) };
  };
  return { runtime: { diagnostics: { list } } as unknown as Runtime, read };
}

const request = (accept = "application/json") => new Request("http://here/", { headers: { accept } });

describe("findings as a response", () => {
  it("are a single response with an ETag where there is a limit, with the cursor of its last page", async () => {
    const { runtime } = fleet();
    const reply = await findingsResponse(runtime, request(), { limit: 4 });
    expect(reply.headers.get("etag")).not.toBeNull();
    const { findings, nextCursor, ...summary } = await reply.json();
    expect(findings).toEqual([0, 1, 2, 3].map(finding));
    expect(nextCursor).toBe("c1");
    expect(summary).toEqual(SUMMARY);
  });

  it("are streamed where they are many, a page whenever the reader has taken the one before", async () => {
    const { runtime, read } = fleet();
    const reply = await findingsResponse(runtime, request(), {});
    expect(read.form).toBe("whole");
    const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader?.read())?.value ?? "";
    // One that is on its way, and one that the decoder holds.
    expect(read.pages).toBeLessThanOrEqual(3);
    for (let more = await reader?.read(); more?.done === false; more = await reader?.read())
      text += more.value;
    expect(JSON.parse(text)).toEqual({
      ...{ ...SUMMARY, nextCursor: null },
      findings: [0, 1, 2, 3, 4, 5, 6].map(finding),
    });
  });

  it("break off where the store fails: the output is not valid JSON", async () => {
    const { runtime } = fleet({ breaksAt: 2 });
    const reply = await findingsResponse(runtime, request(), {});
    await expect(reply.text()).rejects.toThrow("the store is closed");
  });

  it("are no longer read when the reader disconnects", async () => {
    const { runtime, read } = fleet();
    const reply = await findingsResponse(runtime, request(), {});
    const reader = reply.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(read.pages).toBe(1);
  });

  it("are a table without remedies as CSV, and a file on request", async () => {
    const { runtime, read } = fleet();
    const csv = await findingsResponse(runtime, request("text/csv"), {});
    const lines = (await csv.text()).trimEnd().split("\r\n");
    expect(read.form).toBe("report");
    expect(lines).toHaveLength(8);
    expect(lines[7]).toContain('"10.0.0.6:11211","settings","verbosity","ok","pass"');
    for (const download of ["csv", "json"] as const) {
      const file = await findingsResponse(fleet().runtime, request(), { download });
      expect(file.headers.get("content-disposition")).toBe(
        `attachment; filename="memfleet-findings.${download}"`,
      );
      await file.text();
    }
  });
});
