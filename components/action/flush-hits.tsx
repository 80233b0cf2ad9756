"use client";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useStats } from "@/lib/client/queries";
import type { ActionPreview } from "@/lib/model/action";
import { flushCommands } from "@/lib/model/commands";
import type { Node } from "@/lib/model/node";
import { visibleText } from "../node/visible-text";
import { CopyButton } from "../ui/copy-button";
import { FormNote } from "../ui/form-note";
import { useFormat } from "../ui/use-format";
import { useNowMs } from "../ui/use-now";
import { itemsAfterFlush } from "./flush-words";

interface FlushHitsProps {
  readonly preview: ActionPreview;
  readonly node: Node;
}

/** The blast radius in numbers, what will be seen afterwards, and the same in a shell. */
export function FlushHits({ preview, node }: FlushHitsProps) {
  const t = useTranslations("action.flush");
  const format = useFormat();
  const nowMs = useNowMs();
  const settings = useStats(node.id, "settings", { enabled: node.status === "up" }).data?.entries;
  const after = itemsAfterFlush(preview.version, settings?.lru_maintainer_thread);
  const { hitsPerSecond: hits } = preview;
  return (
    <>
      <section>
        <h3 className="mb-1.5 flex items-baseline gap-2 font-semibold">
          {t("hit")}
          {preview.atMs !== null && (
            <span className="font-normal text-muted text-xs" suppressHydrationWarning>
              {t("figuresFrom", { age: format.age((nowMs - preview.atMs) / 1000) })}
            </span>
          )}
        </h3>
        <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-lg border border-line bg-line-soft">
          <Figure name={t("items")} exact={format.exact(preview.items)}>
            {format.count(preview.items)}
          </Figure>
          <Figure name={t("bytes")} exact={format.exact(preview.bytes)}>
            {format.bytes(preview.bytes)}
          </Figure>
          <Figure name={t("hits")} exact={format.exact(hits)}>
            {hits === null ? "–" : t("perSecond", { rate: format.rate(hits) })}
          </Figure>
        </dl>
        <p className="mt-2">
          {hits === null
            ? t("unknownTraffic")
            : hits === 0
              ? t("noTraffic")
              : t("consequence", { rate: format.rate(hits) })}
        </p>
      </section>
      <section>
        <h3 className="mb-1 font-semibold">{t("then")}</h3>
        <p className="text-muted">{t(after, { version: visibleText(preview.version ?? "") })}</p>
        {node.pendingFlushMs !== null && (
          <p className="mt-1 text-muted">
            {t("pending", { at: format.instant(node.pendingFlushMs, "timeSeconds") })}
          </p>
        )}
      </section>
      <FormNote tone="warn">
        <b className="font-semibold">{t("undo")}</b>
      </FormNote>
      <Commands node={node} />
    </>
  );
}

interface FigureProps {
  readonly name: string;
  readonly exact: string;
  readonly children: ReactNode;
}

function Figure({ name, exact, children }: FigureProps) {
  return (
    <div className="flex flex-col justify-between gap-0.5 bg-raised px-3 py-2">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="font-semibold text-lg" title={exact}>
        {children}
      </dd>
    </div>
  );
}

function Commands({ node }: { readonly node: Node }) {
  const t = useTranslations("action.flush");
  const commands = flushCommands(node);
  if (commands.length === 0) return null;
  return (
    <details>
      <summary className="text-muted">{t("commands")}</summary>
      <ul className="mt-1.5 flex flex-col gap-1.5">
        {commands.map((command) => (
          <li key={command} className="flex items-center gap-1 rounded-md bg-line-soft py-0.5 pr-1 pl-2">
            <code className="min-w-0 flex-1 break-all font-mono text-2xs text-muted">{command}</code>
            <CopyButton text={command} label={t("copyCommand")} />
          </li>
        ))}
      </ul>
    </details>
  );
}
