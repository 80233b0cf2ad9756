"use client";
import { ArrowLeft, ArrowRight, Plus, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Button, IconButton } from "@/components/ui/button";
import { Field } from "@/components/ui/form/field";
import { StatusTag } from "@/components/ui/status/status-tag";
import { Tag } from "@/components/ui/status/tag";
import { nodePath, ViewLink } from "@/components/ui/view-link";
import { COMPARE_NODES } from "@/lib/model/compare";
import type { Node } from "@/lib/model/node/node.schema";
import { moved } from "./use-compared-nodes";

/** Suggestions shown while typing. */
const SUGGESTED = 40;

interface NodePickerProps {
  readonly chosen: readonly string[];
  readonly nodes: readonly Node[];
  /** Whether `nodes` is the complete fleet. */
  readonly complete: boolean;
  readonly onChange: (nodes: readonly string[]) => void;
}

/** The nodes that are compared: added by typing, removed, put into another order. */
export function NodePicker({ chosen, nodes, complete, onChange }: NodePickerProps) {
  const t = useTranslations("compare.picker");
  return (
    <div className="flex flex-col gap-2.5">
      {chosen.length > 0 && (
        <ol aria-label={t("chosen")} className="flex flex-wrap gap-2">
          {chosen.map((id, index) => (
            <li
              key={id}
              className="flex min-w-0 max-w-full items-center gap-1 rounded-lg border border-line bg-surface py-1 pr-1 pl-2.5"
            >
              <Chosen id={id} node={nodes.find((node) => node.id === id)} complete={complete} />
              <IconButton
                label={t("earlier", { node: id })}
                icon={<ArrowLeft size={13} aria-hidden />}
                disabled={index === 0}
                className="disabled:opacity-30"
                onClick={() => onChange(moved(chosen, index, index - 1))}
              />
              <IconButton
                label={t("later", { node: id })}
                icon={<ArrowRight size={13} aria-hidden />}
                disabled={index === chosen.length - 1}
                className="disabled:opacity-30"
                onClick={() => onChange(moved(chosen, index, index + 1))}
              />
              <IconButton
                label={t("remove", { node: id })}
                icon={<X size={13} aria-hidden />}
                onClick={() => onChange(chosen.filter((other) => other !== id))}
              />
            </li>
          ))}
        </ol>
      )}
      {chosen.length >= COMPARE_NODES.most ? (
        <p className="text-muted text-xs">{t("full", { count: COMPARE_NODES.most })}</p>
      ) : (
        <AddNode chosen={chosen} nodes={nodes} onAdd={(id) => onChange([...chosen, id])} />
      )}
    </div>
  );
}

interface ChosenProps {
  readonly id: string;
  readonly node: Node | undefined;
  readonly complete: boolean;
}

function Chosen({ id, node, complete }: ChosenProps) {
  const t = useTranslations("compare.picker");
  if (node === undefined) {
    return (
      <>
        <span className="truncate font-mono text-xs">
          <EscapedText text={id} />
        </span>
        {complete && <Tag tone="warn">{t("notConfigured")}</Tag>}
      </>
    );
  }
  return (
    <>
      <ViewLink href={nodePath(id)} className="truncate font-mono text-xs hover:underline">
        <EscapedText text={id} />
      </ViewLink>
      {node.status !== "up" && <StatusTag status={node.status} />}
    </>
  );
}

interface AddNodeProps {
  readonly chosen: readonly string[];
  readonly nodes: readonly Node[];
  readonly onAdd: (node: string) => void;
}

function AddNode({ chosen, nodes, onAdd }: AddNodeProps) {
  const t = useTranslations("compare.picker");
  const list = useId();
  const [typed, setTyped] = useState("");
  const [missed, setMissed] = useState<string | null>(null);
  const found = suggestions(nodes, chosen, typed);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const search = typed.trim();
    if (search === "") return;
    const exact = found.find(({ id }) => id === search) ?? (found.length === 1 ? found[0] : undefined);
    setMissed(exact === undefined ? search : null);
    if (exact === undefined) return;
    setTyped("");
    onAdd(exact.id);
  };
  return (
    <form onSubmit={add} className="flex flex-col gap-1">
      <div className="flex flex-wrap items-end gap-2">
        <Field name={t("add")} quiet>
          {(control) => (
            <input
              {...control}
              list={list}
              data-search
              value={typed}
              maxLength={250}
              autoComplete="off"
              spellCheck={false}
              placeholder={t("hint")}
              onChange={(event) => {
                setTyped(event.target.value);
                setMissed(null);
              }}
              className="control w-[min(300px,80vw)] placeholder:text-faint"
            />
          )}
        </Field>
        <datalist id={list}>
          {found.slice(0, SUGGESTED).map(({ id, pool }) => (
            <option key={id} value={id}>
              {pool}
            </option>
          ))}
        </datalist>
        <Button type="submit">
          <Plus size={14} aria-hidden />
          {t("button")}
        </Button>
      </div>
      <p role="status" className="text-warn text-xs">
        {missed === null
          ? ""
          : t(found.length === 0 ? "none" : "several", { text: missed, count: found.length })}
      </p>
    </form>
  );
}

/** Nodes not chosen yet whose id or pool contains the typed text. */
function suggestions(nodes: readonly Node[], chosen: readonly string[], typed: string): Node[] {
  const search = typed.trim().toLowerCase();
  return nodes.filter(
    ({ id, pool }) =>
      !chosen.includes(id) && (id.toLowerCase().includes(search) || pool.toLowerCase().includes(search)),
  );
}
