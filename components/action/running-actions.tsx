"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import { useOpenActions } from "@/lib/client/queries/actions";
import { ActionProgress } from "./action-progress";
import { useActionName } from "./use-action-name";

interface RunningActionsProps {
  readonly onOpen: (id: string) => void;
}

/** The running actions with their controls; empty without any. */
export function RunningActions({ onOpen }: RunningActionsProps) {
  const t = useTranslations("action.progress");
  const nameOf = useActionName();
  const { data: actions = [] } = useOpenActions();
  if (actions.length === 0) return null;
  return (
    <Panel title={t("running", { count: actions.length })}>
      <ul className="flex flex-col gap-4">
        {actions.map((action) => (
          <li key={action.id} className="flex flex-col gap-1.5">
            <p className="flex flex-wrap items-baseline gap-x-2">
              <b className="font-semibold">{nameOf(action)}</b>
              <span className="text-muted text-xs">
                {t.rich("begun", {
                  actor: escapedText(action.actor),
                  age: () => <Age atMs={action.startedMs} />,
                })}
              </span>
              <Button tone="quiet" onClick={() => onOpen(action.id)} className="ml-auto text-accent">
                {t("open")}
              </Button>
            </p>
            <ActionProgress action={action} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
