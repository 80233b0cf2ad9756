"use client";
import { createContext, type ReactNode, useContext } from "react";
import { useTranslations } from "use-intl";
import { Age, Instant } from "@/components/ui/age";
import { CopyCommand } from "@/components/ui/copy/command";
import { useFormat } from "@/components/ui/hooks/use-format";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { poolPath, ViewLink } from "@/components/ui/view-link";
import type { StatsGroup } from "@/lib/catalogue/stats-groups";
import { FACTS_REFRESH_MS, useStats } from "@/lib/client/queries/node";
import type { FlushAttribution, Node } from "@/lib/model/node/node.schema";
import { canReadGroup } from "../capability";
import { EscapedText } from "../stats/escaped-text";
import { useGroupCommands } from "../use-group-commands";
import { newestOf } from "./charts";
import { useNodeSeries } from "./use-node-series";

const UNSET = new Set(["NULL", "(null)", ""]);

type Meanings = Readonly<Record<string, string>>;
const MeaningsContext = createContext<Meanings>({});

interface NodeFactsProps {
  readonly node: Node;
  /** The meanings of memcached's own names in the facts. */
  readonly meanings: Meanings;
}

/** Identity and configuration of the node, without what it does not report. */
export function NodeFacts({ node, meanings }: NodeFactsProps) {
  const t = useTranslations("node.facts");
  const format = useFormat();
  const optionsOf = (group: StatsGroup) => ({
    enabled: canReadGroup(node, group),
    refreshMs: FACTS_REFRESH_MS,
  });
  const settings = useStats(node.id, "settings", optionsOf("settings")).data?.entries;
  const general = useStats(node.id, "general", optionsOf("general")).data?.entries;
  const commands = useGroupCommands(node, "settings");
  const history = useNodeSeries(node.id).data;
  const limitMaxbytes = node.limitMaxbytes ?? (history ? newestOf(history, "limit_maxbytes") : null);
  const maxConnections = node.maxConnections ?? (history ? newestOf(history, "max_connections") : null);
  const labels = Object.entries(node.labels);
  return (
    <Panel
      title={<Hint text={t("meaning")}>{t("title")}</Hint>}
      tools={commands.length > 0 ? <CopyCommand commands={commands} /> : null}
    >
      {node.atMs !== null && node.status !== "up" ? (
        <p className="mb-2 text-muted text-xs">
          {t.rich("lastKnown", { age: () => <Age atMs={node.atMs ?? 0} /> })}
        </p>
      ) : null}
      <MeaningsContext value={meanings}>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3.5 gap-y-1">
          <Fact name={t("pool")}>
            <ViewLink href={poolPath(node.pool)} className="hover:underline">
              {node.pool}
            </ViewLink>{" "}
            <ViewLink
              href={`/compare?with=pool&node=${encodeURIComponent(node.id)}`}
              className="text-accent hover:underline"
            >
              {t("compare")}
            </ViewLink>
          </Fact>
          {labels.length === 0 ? null : (
            <Fact name={t("labels")}>
              <EscapedText text={labels.map(([name, value]) => `${name}=${value}`).join(", ")} />
            </Fact>
          )}
          {limitMaxbytes === null ? null : (
            <Fact name="limit_maxbytes" exact={`${format.integer(limitMaxbytes)} B`}>
              {format.bytes(limitMaxbytes)}
            </Fact>
          )}
          {maxConnections === null ? null : <Fact name="maxconns">{format.integer(maxConnections)}</Fact>}
          <Reported name="threads" value={general?.threads ?? settings?.num_threads} />
          {settings === undefined ? null : (
            <Fact name={t("listens")}>
              <Listens settings={settings} />
            </Fact>
          )}
          <Fact name={t("lastFlush")}>
            {node.lastFlushMs === null ? (
              t(node.atMs === null || node.elsewhere ? "unknown" : "neverFlushed")
            ) : (
              <>
                <Instant atMs={node.lastFlushMs} />
                <FlushedBy by={node.lastFlushBy} />
              </>
            )}
          </Fact>
          {node.pendingFlushMs === null ? null : (
            <Fact name={t("pendingFlush")}>
              <Instant atMs={node.pendingFlushMs} show="timeSeconds" />
              <FlushedBy by={node.pendingFlushBy} />
            </Fact>
          )}
          {node.lastRestartMs === null ? null : (
            <Fact name={t("lastRestart")}>
              <Instant atMs={node.lastRestartMs} />
            </Fact>
          )}
          {node.pid === null ? null : <Fact name="pid">{node.pid}</Fact>}
          <Reported name="libevent" value={general?.libevent} />
          <Reported name="hash_algorithm" value={settings?.hash_algorithm} />
          <Reported name="idle_timeout" value={settings?.idle_timeout} suffix=" s" />
        </dl>
      </MeaningsContext>
    </Panel>
  );
}

/** Who ran the flush; empty when unknown. */
function FlushedBy({ by }: { readonly by: FlushAttribution | null }) {
  const t = useTranslations("node.facts");
  if (by === null) return null;
  return (
    <span className="block font-normal text-muted text-xs">
      {by.ours ? (
        <ViewLink href={`/actions?action=${by.actionId}`} className="hover:underline">
          {t("flushedBy", { actor: by.actor ?? "" })}
        </ViewLink>
      ) : (
        t("flushedElsewhere")
      )}
    </span>
  );
}

interface FactProps {
  readonly name: string;
  readonly exact?: string;
  readonly children: ReactNode;
}

function Fact({ name, exact, children }: FactProps) {
  const meaning = useContext(MeaningsContext)[name];
  return (
    <>
      <dt className="text-muted">{meaning === undefined ? name : <Hint text={meaning}>{name}</Hint>}</dt>
      <dd className="break-words text-right font-medium" title={exact}>
        {children}
      </dd>
    </>
  );
}

function Reported({
  name,
  value,
  suffix = "",
}: {
  readonly name: string;
  readonly value: string | undefined;
  readonly suffix?: string;
}) {
  if (value === undefined || UNSET.has(value)) return null;
  return (
    <Fact name={name}>
      <EscapedText text={value === "0" ? value : `${value}${suffix}`} />
    </Fact>
  );
}

function Listens({ settings }: { readonly settings: Readonly<Record<string, string>> }) {
  const t = useTranslations("node.facts");
  const socket = settings.domain_socket;
  if (socket !== undefined && !UNSET.has(socket)) return <EscapedText text={socket} />;
  const inter = settings.inter;
  const port = settings.tcpport ?? "?";
  if (inter === undefined || UNSET.has(inter)) {
    return (
      <>
        {t("everyInterface")} <EscapedText text={`:${port}`} />
      </>
    );
  }
  return <EscapedText text={inter.includes(":") || inter.includes(",") ? inter : `${inter}:${port}`} />;
}
