"use client";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { FormNote } from "@/components/ui/form/form-note";
import { hasEnded } from "@/lib/client/queries/actions";
import type { Action } from "@/lib/model/actions/action.schema";

/** The result of an ended action on one node: the detail of the node, else the final state. */
export function ActionOutcome({ action }: { readonly action: Action | null }) {
  const t = useTranslations("action.progress.state");
  if (action === null || !hasEnded(action)) return null;
  const detail = action.targets[0]?.detail ?? "";
  return (
    <FormNote tone={action.state === "done" ? "ok" : "crit"}>
      {detail === "" ? t(action.state) : escapedText(detail)}
    </FormNote>
  );
}
