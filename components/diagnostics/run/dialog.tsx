"use client";
import { type FormEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { escapedText } from "@/components/node/stats/escaped-text";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { Dialog } from "@/components/ui/overlay/dialog";
import { ErrorNote } from "@/components/ui/placeholder/error-note";
import { useDiagnose } from "@/lib/client/queries/diagnostics";
import { useFleet } from "@/lib/client/queries/fleet";
import { DEFAULT_PROBES, PROBES, type ProbeName, type UdpPayload } from "@/lib/model/findings/finding";

export interface RunScope {
  /** Null: every pool. */
  readonly pool: string | null;
  /** Null: every node of it. */
  readonly node: string | null;
}

interface RunDialogProps {
  readonly scope: RunScope;
  readonly onClose: () => void;
  readonly onStarted: (id: string) => void;
}

/** Selects nodes and probes. Loaded on demand. */
export default function RunDialog({ scope, onClose, onStarted }: RunDialogProps) {
  const t = useTranslations("diagnostics.run");
  const { data: fleet } = useFleet();
  const diagnose = useDiagnose();
  const [pool, setPool] = useState(scope.pool);
  const [probes, setProbes] = useState<ReadonlySet<ProbeName>>(new Set(DEFAULT_PROBES));
  const [udpPayload, setUdpPayload] = useState<UdpPayload>("version");
  const nodes = (fleet?.nodes ?? []).filter((node) => pool === null || node.pool === pool).length;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const target = scope.node !== null ? { nodes: [scope.node] } : pool === null ? {} : { pool };
    diagnose.mutate(
      { ...target, probes: PROBES.filter((probe) => probes.has(probe)), udpPayload },
      { onSuccess: ({ id }) => onStarted(id) },
    );
  };
  const title = scope.node === null ? t("title") : t("titleNode", { node: escapedText(scope.node) });
  return (
    <Dialog open onClose={onClose} title={title} description={t("description")}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        {scope.node === null && (
          <Field name={t("nodes")}>
            {(control) => (
              <select
                {...control}
                value={pool ?? ""}
                onChange={(event) => setPool(event.target.value || null)}
                className="control self-start"
              >
                <option value="">{t("everyPool", { count: fleet?.nodes.length ?? 0 })}</option>
                {(fleet?.pools ?? []).map(({ name, nodes: count }) => (
                  <option key={name} value={name}>
                    {t("onePool", { pool: name, count })}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Probes chosen={probes} onChange={setProbes} udpPayload={udpPayload} onUdpPayload={setUdpPayload} />
        {diagnose.error !== null && (
          <ErrorNote what={t("starting")} node={scope.node ?? undefined} error={diagnose.error} />
        )}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" tone="primary" disabled={probes.size === 0 || diagnose.isPending}>
            {scope.node === null ? t("start", { count: nodes }) : t("startNode")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

interface ProbesProps {
  readonly chosen: ReadonlySet<ProbeName>;
  readonly onChange: (chosen: ReadonlySet<ProbeName>) => void;
  readonly udpPayload: UdpPayload;
  readonly onUdpPayload: (payload: UdpPayload) => void;
}

function Probes({ chosen, onChange, udpPayload, onUdpPayload }: ProbesProps) {
  const t = useTranslations("diagnostics");
  const toggle = (probe: ProbeName) => {
    const next = new Set(chosen);
    if (!next.delete(probe)) next.add(probe);
    onChange(next);
  };
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 font-medium">{t("run.probes")}</legend>
      {PROBES.map((probe) => (
        <div key={probe}>
          <label className="flex items-start gap-2">
            <input
              type="checkbox"
              checked={chosen.has(probe)}
              onChange={() => toggle(probe)}
              className="mt-1"
            />
            <span>
              {t(`probe.${probe}`)}
              <span className="block text-muted text-xs">{t(`meaning.${probe}`)}</span>
            </span>
          </label>
          {probe === "udp-exposure" && chosen.has(probe) && (
            <label className="mt-1 ml-6 flex items-center gap-2 text-xs">
              <input
                type="checkbox"
                checked={udpPayload === "stats"}
                onChange={(event) => onUdpPayload(event.target.checked ? "stats" : "version")}
              />
              {t("run.udpStats")}
            </label>
          )}
        </div>
      ))}
    </fieldset>
  );
}
