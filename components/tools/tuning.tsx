"use client";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { canReadGroup } from "@/components/node/capability";
import { FormNote } from "@/components/ui/form/form-note";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import { useStats } from "@/lib/client/queries/node";
import type { Node } from "@/lib/model/node/node.schema";
import { TuningForm } from "./tuning-form";
import { TUNINGS } from "./tunings";

/** Settings that a running node can change, each with its effect and risks. */
export function Tuning({ node }: { readonly node: Node }) {
  const t = useTranslations("tools.tuning");
  const admin = useMaySee("admin");
  // The page's head may have read them before this tab hydrates, but the server rendered without them.
  const hydrated = useHydrated();
  const read = useStats(node.id, "settings", { enabled: canReadGroup(node, "settings") }).data?.entries;
  const settings = hydrated ? read : undefined;
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      {!admin && (
        <div className="mb-3">
          <FormNote tone="off">{t("adminOnly")}</FormNote>
        </div>
      )}
      <ul className="flex flex-col divide-y divide-line-soft">
        {TUNINGS.map((tuning) => (
          <li key={tuning.kind} className="py-2.5 first:pt-0 last:pb-0">
            <TuningForm
              node={node}
              tuning={tuning}
              now={tuning.setting === null ? null : (settings?.[tuning.setting] ?? null)}
            />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
