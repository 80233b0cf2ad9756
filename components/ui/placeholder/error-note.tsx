"use client";
import { useTranslations } from "use-intl";
import { ApiError } from "@/lib/client/api";
import { Button } from "../button";
import { ToneGlyph } from "../status/tag";

/** HTTP statuses with advice of their own; 0: Memfleet could not be reached. */
const ADVICE = [0, 400, 401, 403, 404, 405, 409, 421, 422, 429, 502, 503, 504] as const;
type Advised = (typeof ADVICE)[number];

function advisedStatus(status: number): Advised | "other" {
  return ADVICE.find((known) => known === status) ?? "other";
}

interface ErrorNoteProps {
  /** What could not be done, to follow “Couldn’t”: “load slab classes”. In Japanese a noun: 「…の読み込み」. */
  readonly what: string;
  /** The node concerned. */
  readonly node?: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What failed, for which node, and what to try. */
export function ErrorNote({ what, node, error, onRetry }: ErrorNoteProps) {
  const t = useTranslations("ui.error");
  const api = error instanceof ApiError ? error : null;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-start gap-x-3 gap-y-1 rounded-lg bg-crit-soft px-3 py-2"
    >
      <span className="mt-[6px] text-crit">
        <ToneGlyph tone="crit" />
      </span>
      <div className="min-w-0 flex-1">
        <p className="font-medium">
          {node === undefined ? t("failed", { what }) : t("failedFor", { what, node })}
        </p>
        {api !== null && api.detail !== "" && <p className="break-words text-muted">{api.detail}</p>}
        <p className="text-muted">{t(`advice.${api === null ? "other" : advisedStatus(api.status)}`)}</p>
      </div>
      {onRetry && <Button onClick={onRetry}>{t("retry")}</Button>}
    </div>
  );
}
