"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { CopyButton } from "@/components/ui/copy/button";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { useNowMs } from "@/components/ui/hooks/use-now";
import { flushCommands } from "@/lib/catalogue/commands";
import type { ActionPreview, PreviewNode } from "@/lib/model/actions/action.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { FlushImpactNodes } from "./impact-nodes";
import { flushRefusalOf } from "./refusal";
import type { FlushScope } from "./scope";

interface FlushHitsProps {
  readonly preview: ActionPreview;
  readonly scope: FlushScope;
  /** Whether it is sent with a server-side delay. */
  readonly delayed: boolean;
}

/** The impact in numbers, the effects afterwards, and the equivalent shell commands. */
export function FlushImpact({ preview, scope, delayed }: FlushHitsProps) {
  const t = useTranslations("action.flush");
  const takers = preview.nodes.filter((node) => flushRefusalOf(node) === null);
  const several = preview.nodes.length > 1;
  return (
    <>
      <Radius preview={preview} />
      {several && <FlushImpactNodes nodes={preview.nodes} />}
      <section>
        <h3 className="mb-1 font-semibold">{t("then")}</h3>
        <ul className="flex flex-col gap-1 text-muted">
          {afterwards(takers).map(([effect, version]) => (
            <li key={`${effect} ${version}`}>{t(`after.${effect}`, { version: escapedText(version) })}</li>
          ))}
          {delayed && <li>{t("after.delayed")}</li>}
        </ul>
        <Pending nodes={takers} />
      </section>
      <FormNote tone="warn">
        <b className="font-semibold">{t("undo")}</b>
      </FormNote>
      <Commands nodes={scope.nodes} />
    </>
  );
}

/** Every expected effect once, with one version that shows it. */
function afterwards(nodes: readonly PreviewNode[]): (readonly [PreviewNode["itemsAfterwards"], string])[] {
  const byEffect = new Map(nodes.map((node) => [node.itemsAfterwards, node.version ?? ""] as const));
  return [...byEffect];
}

function Radius({ preview }: { readonly preview: ActionPreview }) {
  const t = useTranslations("action.flush");
  const format = useFormat();
  const nowMs = useNowMs();
  const { hitsPerSecond: hits } = preview;
  const oldestMs = Math.min(...preview.nodes.map((node) => node.atMs ?? Number.POSITIVE_INFINITY));
  return (
    <section>
      <h3 className="mb-1.5 flex items-baseline gap-2 font-semibold">
        {t("impact")}
        {Number.isFinite(oldestMs) && (
          <span className="font-normal text-muted text-xs" suppressHydrationWarning>
            {t("figuresFrom", { age: format.age((nowMs - oldestMs) / 1000) })}
          </span>
        )}
      </h3>
      <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line-soft">
        <Metric name={t("items")} exact={format.exact(preview.items)}>
          {format.count(preview.items)}
        </Metric>
        <Metric name={t("bytes")} exact={format.exact(preview.bytes)}>
          {format.bytes(preview.bytes)}
        </Metric>
        <Metric name={t("hits")} exact={format.exact(hits)}>
          {hits === null ? "–" : t("perSecond", { rate: format.rate(hits) })}
        </Metric>
      </dl>
      <p className="mt-2">
        {hits === null
          ? t("unknownTraffic")
          : hits === 0
            ? t("noTraffic")
            : t("consequence", { rate: format.rate(hits) })}
      </p>
    </section>
  );
}

interface MetricProps {
  readonly name: string;
  readonly exact: string;
  readonly children: ReactNode;
}

function Metric({ name, exact, children }: MetricProps) {
  return (
    <div className="flex flex-col justify-between gap-0.5 bg-raised px-3 py-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-semibold text-lg" title={exact}>
        {children}
      </dd>
    </div>
  );
}

function Pending({ nodes }: { readonly nodes: readonly PreviewNode[] }) {
  const t = useTranslations("action.flush");
  const format = useFormat();
  const pending = nodes.filter((node) => node.pendingFlushMs !== null);
  const [first] = pending;
  if (first === undefined || first.pendingFlushMs === null) return null;
  const at = format.instant(first.pendingFlushMs, "timeSeconds");
  return (
    <p className="mt-1 text-muted">
      {pending.length === 1 ? t("pending", { at }) : t("pendingSeveral", { count: pending.length, at })}
    </p>
  );
}

/** The most nodes whose commands are written out. */
const COMMANDS_FOR = 20;

function Commands({ nodes }: { readonly nodes: readonly Node[] }) {
  const t = useTranslations("action.flush");
  const commands = nodes.slice(0, COMMANDS_FOR).flatMap((node) => flushCommands(node));
  if (commands.length === 0) return null;
  return (
    <details>
      <summary className="text-muted">{t("commands")}</summary>
      <ul className="mt-1.5 flex max-h-60 flex-col gap-1.5 overflow-y-auto">
        {commands.map((command) => (
          <li key={command} className="flex items-center gap-1 rounded-md bg-line-soft py-0.5 pr-1 pl-2">
            <code className="min-w-0 flex-1 break-all font-mono text-2xs text-muted">{command}</code>
            <CopyButton text={command} label={t("copyCommand")} />
          </li>
        ))}
      </ul>
      {nodes.length > COMMANDS_FOR && (
        <p className="mt-1 text-muted text-xs">{t("commandsMore", { count: nodes.length - COMMANDS_FOR })}</p>
      )}
    </details>
  );
}
