"use client";
import { Download, Pencil } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "@/components/access/use-refusal";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { CopyCommand } from "@/components/ui/copy/command";
import { FormNote } from "@/components/ui/form/form-note";
import { useFormat } from "@/components/ui/hooks/use-format";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { Tag } from "@/components/ui/status/tag";
import { keyCommands } from "@/lib/catalogue/commands";
import { keyValueUrl } from "@/lib/client/queries/keys";
import type { KeyItem } from "@/lib/model/node/keys.schema";
import type { Node } from "@/lib/model/node/node.schema";
import { KeyChanges } from "./key-changes";
import { KeyOwnerPanel } from "./key-owner";
import { KeyValue } from "./key-value";

const SetDialog = lazyPanel(() => import("./set-dialog"));

interface KeyItemViewProps {
  readonly node: Node;
  readonly item: KeyItem;
  readonly onChanged: () => void;
}

/** An item: its metadata, its value, and the changes that can be made. */
export function KeyItemView({ node, item, onChanged }: KeyItemViewProps) {
  const t = useTranslations("keys.item");
  const [editing, setEditing] = useState(false);
  const refusal = useRefusal("operator");
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <Tag tone={item.found ? "ok" : "off"}>{t(item.found ? "found" : "missing")}</Tag>
        <code className="min-w-0 break-all font-mono">
          <EscapedText text={item.key} />
        </code>
        {item.found && (
          <div className="ml-auto flex flex-wrap items-center gap-1.5">
            <CopyCommand commands={keyCommands(node, item.key)} />
            {refusal === null && (
              <Button onClick={() => setEditing(true)} aria-haspopup="dialog">
                <Pencil size={13} aria-hidden="true" />
                {t("edit")}
              </Button>
            )}
            <a href={keyValueUrl(node.id, item)} download className="control font-medium">
              <Download size={13} aria-hidden="true" />
              {t("download")}
            </a>
          </div>
        )}
      </div>
      {item.found ? (
        <>
          <Facts item={item} />
          {item.bumped && <FormNote tone="off">{t("bumped")}</FormNote>}
          <KeyValue item={item} />
          {refusal === null && <KeyChanges node={node} item={item} onChanged={onChanged} />}
        </>
      ) : (
        <p className="text-muted">{t("missingMeans")}</p>
      )}
      <KeyOwnerPanel node={node} item={item} />
      {editing && (
        <SetDialog node={node} item={item} onClose={() => setEditing(false)} onStored={onChanged} />
      )}
    </>
  );
}

function Facts({ item }: { readonly item: KeyItem }) {
  const t = useTranslations("keys.item");
  const format = useFormat();
  const ttl =
    item.ttlSeconds === null ? null : item.ttlSeconds < 0 ? t("never") : format.duration(item.ttlSeconds);
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line-soft sm:grid-cols-3 lg:grid-cols-6">
      <Fact name={t("size")} title={format.exact(item.size)}>
        {format.bytes(item.size)}
      </Fact>
      <Fact name={t("ttl")}>{ttl ?? t("notTold")}</Fact>
      <Fact name={t("lastAccess")}>
        {item.lastAccessSeconds === null ? t("notTold") : format.age(item.lastAccessSeconds)}
      </Fact>
      <Fact name={t("fetched")}>{item.fetched === null ? t("notTold") : t(item.fetched ? "yes" : "no")}</Fact>
      <Fact name={t("flags")}>{format.integer(item.flags)}</Fact>
      <Fact name="cas">{item.cas ?? t("notTold")}</Fact>
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly title?: string;
  readonly children: ReactNode;
}

function Fact({ name, title, children }: FactProps) {
  return (
    <div className="min-w-0 bg-raised px-3 py-1.5">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="truncate font-medium" title={title}>
        {children}
      </dd>
    </div>
  );
}
