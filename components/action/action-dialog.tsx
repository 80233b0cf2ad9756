"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Age } from "@/components/ui/age";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { Skeleton } from "@/components/ui/placeholder/skeleton";
import { useAction } from "@/lib/client/queries/actions";
import type { Action } from "@/lib/model/actions/action.schema";
import { ActionProgress } from "./action-progress";
import { ActionTargets } from "./action-targets";
import { FlushVerification } from "./flush/verification";
import { useActionName } from "./use-action-name";

interface ActionDialogProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** One action in full: input, progress, and the result of every node. Loaded on demand. */
export default function ActionDialog({ id, onClose }: ActionDialogProps) {
  const t = useTranslations("action.progress");
  const nameOf = useActionName();
  const { data: action, error, refetch } = useAction(id);
  return (
    <Dialog open onClose={onClose} wide title={action === undefined ? t("one") : nameOf(action)}>
      {action !== undefined ? (
        <Whole action={action} />
      ) : error !== null ? (
        <ErrorNote what={t("reading")} error={error} onRetry={() => void refetch()} />
      ) : (
        <Skeleton className="h-48 w-full" />
      )}
    </Dialog>
  );
}

function Whole({ action }: { readonly action: Action }) {
  const t = useTranslations("action.progress");
  const input = Object.entries(action.input);
  const [target] = action.targets;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted text-xs">
        {t.rich("begun", { actor: escapedText(action.actor), age: () => <Age atMs={action.startedMs} /> })}
        {input.length > 0 && (
          <>
            {" · "}
            <span className="break-all font-mono">
              {input.map(([name, value]) => `${name}=${escapedText(String(value))}`).join(" ")}
            </span>
          </>
        )}
      </p>
      <div role="status">
        <ActionProgress action={action} />
      </div>
      {action.kind === "flush_all" && action.targets.length === 1 && target !== undefined ? (
        <>
          {target.detail !== null && <p>{escapedText(target.detail)}</p>}
          <FlushVerification target={target} expected="unknown" />
        </>
      ) : (
        <ActionTargets action={action} />
      )}
    </div>
  );
}
