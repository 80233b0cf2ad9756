"use client";
import { useSearchParams } from "next/navigation";
import { useTranslations } from "use-intl";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { ToneGlyph } from "@/components/ui/status/tag";
import { PageLink } from "@/components/ui/view-link";
import { useFleet } from "@/lib/client/queries/fleet";
import { useSlabs } from "@/lib/client/queries/node";
import type { FlushAttribution, Node } from "@/lib/model/node/node.schema";
import { canRead } from "../capability";
import { escapedText } from "../stats/escaped-text";
import { type NodeInsight, nodeInsights, SEVERITY } from "./insights";

/** Sentences about the node, worst first, with a link to the slab class that evicts most. */
export function NodeInsights({ node }: { readonly node: Node }) {
  const t = useTranslations("node.insights");
  const { data: fleet } = useFleet();
  const slabs = useSlabs(node.id, { enabled: canRead(node) });
  const nowMs = useNowMs();
  const search = useSearchParams();
  const found = nodeInsights(node, fleet?.attention ?? [], slabs.data?.classes ?? null, nowMs);
  const worst = found.find((fact) => fact.kind === "worstClass");
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      <ul className="flex flex-col gap-1.5 text-muted">
        {found.map((fact) => (
          <li key={fact.kind} className="flex gap-2">
            <SeverityIcon fact={fact} />
            <span className="min-w-0">
              <Sentence fact={fact} />
            </span>
          </li>
        ))}
      </ul>
      {worst?.kind === "worstClass" ? (
        <p className="mt-2">
          <PageLink href={classAddress(search, worst.id)} className="text-accent hover:underline">
            {t("seeClass", { id: worst.id })}
          </PageLink>
        </p>
      ) : null}
    </Panel>
  );
}

function classAddress(search: { toString(): string }, id: number): string {
  const next = new URLSearchParams(search.toString());
  next.set("tab", "slabs");
  next.set("class", String(id));
  return `?${next}`;
}

function SeverityIcon({ fact }: { readonly fact: NodeInsight }) {
  const tone = SEVERITY[fact.kind];
  if (tone === "plain") return null;
  return (
    <span className={`mt-[5px] ${tone === "crit" ? "text-crit" : "text-warn"}`}>
      <ToneGlyph tone={tone} />
    </span>
  );
}

function Sentence({ fact }: { readonly fact: NodeInsight }) {
  const t = useTranslations("node.insights");
  const reason = useTranslations("status.reason");
  const format = useFormat();
  const bold = { b: (chunks: React.ReactNode) => <b className="font-medium text-text">{chunks}</b> };
  const at = (ms: number) => format.instant(ms, "dateTime");
  switch (fact.kind) {
    case "unreachable":
      return t.rich("unreachable", {
        ...bold,
        reason: fact.reason === null ? "–" : reason(fact.reason),
        known: fact.sinceMs === null ? "no" : "yes",
        since: fact.sinceMs === null ? "" : at(fact.sinceMs),
      });
    case "lostHits":
      return t.rich("lostHits", { ...bold, rate: format.rate(fact.perSecond) });
    case "noStats":
    case "proxy":
      return t(fact.kind);
    case "flushPending":
      return t.rich("flushPending", { ...bold, at: format.instant(fact.atMs, "timeSeconds") });
    case "listenDisabled":
      return t.rich("listenDisabled", { ...bold, times: fact.times });
    case "storesRefused":
      return t.rich("storesRefused", { ...bold, rate: format.rate(fact.perSecond) });
    case "hitRatioFell":
      return t.rich("hitRatioFell", {
        ...bold,
        before: format.ratio(fact.before),
        now: format.ratio(fact.now),
        known: fact.sinceMs === null ? "no" : "yes",
        since: fact.sinceMs === null ? "" : at(fact.sinceMs),
      });
    case "nearMaxconns":
      return t.rich("nearMaxconns", {
        ...bold,
        connections: format.integer(fact.connections),
        limit: format.integer(fact.limit),
      });
    case "restarted":
      return t.rich("restarted", { ...bold, at: at(fact.atMs), uptime: format.duration(fact.uptimeSeconds) });
    case "flushed":
      return t.rich(flushedKey(fact.by), {
        ...bold,
        at: at(fact.atMs),
        actor: escapedText(fact.by?.actor ?? ""),
      });
    case "memory":
      return t.rich(fact.use > 1 ? "memoryOver" : fact.full ? "memoryFull" : "memoryFree", {
        ...bold,
        use: format.ratio(fact.use),
      });
    case "evicting":
      return t.rich(fact.ageSeconds === null ? "evicting" : fact.young ? "evictingYoung" : "evictingOld", {
        ...bold,
        rate: format.rate(fact.perSecond),
        age: format.duration(fact.ageSeconds),
      });
    case "worstClass":
      return t.rich(fact.pages === null ? "worstClassOnly" : "worstClass", {
        ...bold,
        id: fact.id,
        evictions: format.ratio(fact.evictions, 0),
        pages: format.ratio(fact.pages, 0),
      });
    case "hitRatio":
      return t.rich("hitRatio", { ...bold, now: format.ratio(fact.now) });
    case "nothingEvicted":
      return fact.sinceStart
        ? t.rich("nothingEvictedNow", { ...bold, total: format.count(fact.sinceStart) })
        : t.rich(fact.sinceStart === 0 ? "nothingEvicted" : "nothingEvictedMinute", bold);
    case "noGets":
    case "notAsked":
    case "notTold":
      return t(fact.kind);
  }
}

/** Who ran the flush, if known. */
function flushedKey(by: FlushAttribution | null): "flushed" | "flushedByUs" | "flushedElsewhere" {
  if (by === null) return "flushed";
  return by.ours ? "flushedByUs" : "flushedElsewhere";
}
