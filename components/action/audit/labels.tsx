"use client";
import { useTranslations } from "use-intl";
import { Person } from "@/components/access/person";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Tag, type Tone } from "@/components/ui/status/tag";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { ACTION_KINDS } from "@/lib/model/actions/action";
import type { AuditOutcome } from "@/lib/model/actions/audit";
import type { AuditEntry } from "@/lib/model/actions/audit.schema";

const TONES: Record<AuditOutcome, Tone> = {
  done: "ok",
  failed: "crit",
  cancelled: "warn",
  refused: "warn",
  running: "off",
  unknown: "warn",
};

export function OutcomeTag({ outcome }: { readonly outcome: AuditOutcome }) {
  const t = useTranslations("action.audit");
  return (
    <Tag tone={TONES[outcome]} title={t(`outcomeMeaning.${outcome}`)}>
      {t(`outcome.${outcome}`)}
    </Tag>
  );
}

/** The actor; an empty name is an unauthenticated one. */
export function Actor({ entry }: { readonly entry: AuditEntry }) {
  const t = useTranslations("action.audit");
  if (entry.actor === "") return <span className="text-faint">{t("nobody")}</span>;
  return <Person name={entry.actor} identity={entry.identity} />;
}

const ACTIONS: ReadonlySet<string> = new Set(ACTION_KINDS);

/** The target; a node links to its page. */
export function Target({ entry }: { readonly entry: AuditEntry }) {
  const t = useTranslations("action.audit");
  if (entry.target === "") return <span className="text-faint">{t("noTarget")}</span>;
  // Nodes have an address; pools, shares and "12 nodes" have none.
  if (!ACTIONS.has(entry.kind) || !/:/.test(entry.target)) return <EscapedText text={entry.target} />;
  return (
    <ViewLink href={nodePath(entry.target)} className="hover:underline">
      <EscapedText text={entry.target} />
    </ViewLink>
  );
}
