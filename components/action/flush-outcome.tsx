"use client";
import { useEffect, useState } from "react";
import { useTranslations } from "use-intl";
import { useAction } from "@/lib/client/access-queries";
import type { Action, ActionTarget } from "@/lib/model/action";
import type { Node } from "@/lib/model/node";
import { visibleText } from "../node/visible-text";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { FormNote } from "../ui/form-note";
import { ViewLink } from "../ui/view-link";
import { FlushProof } from "./flush-proof";

interface FlushOutcomeProps {
  readonly begun: Action;
  readonly node: Node;
  readonly onClose: () => void;
}

/** How a flush that was begun goes on, and in the end its proof. */
export function FlushOutcome({ begun, node, onClose }: FlushOutcomeProps) {
  const t = useTranslations("action.flush");
  const { data: action } = useAction(begun);
  const target = action.targets.find((candidate) => candidate.node === node.id) ?? action.targets[0];
  const name = visibleText(node.id);
  const ended = action.state === "done" || action.state === "failed" || action.state === "cancelled";
  const title = ended
    ? t(`proof.${action.state === "done" ? "done" : action.state === "failed" ? "failed" : "cancelled"}`, {
        node: name,
      })
    : t("running.title", { node: name });
  return (
    <Dialog open onClose={onClose} title={title}>
      <div role="status" className="flex flex-col gap-4">
        {target !== undefined &&
          (ended ? <Ended action={action} target={target} node={node} /> : <Running target={target} />)}
      </div>
      <div className="mt-4 flex flex-wrap items-center justify-end gap-2">
        <ViewLink href="/actions" className="mr-auto text-accent hover:underline">
          {t("proof.audit")}
        </ViewLink>
        <Button tone="primary" onClick={onClose}>
          {t("proof.close")}
        </Button>
      </div>
    </Dialog>
  );
}

const SLOW_MS = 5_000;

function Running({ target }: { readonly target: ActionTarget }) {
  const t = useTranslations("action.flush.running");
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <FormNote tone="off">
      {t(target.state === "pending" ? "pending" : "sent")} {slow && t("slow")}
    </FormNote>
  );
}

interface EndedProps {
  readonly action: Action;
  readonly target: ActionTarget;
  readonly node: Node;
}

function Ended({ action, target, node }: EndedProps) {
  const t = useTranslations("action.flush.proof");
  const { before, after } = target;
  const counted = before !== null && after !== null && before.cmdFlush !== null && after.cmdFlush !== null;
  return (
    <>
      {action.state === "done" ? (
        <FormNote tone="ok">
          {counted
            ? t("verified", { before: String(before.cmdFlush), after: String(after.cmdFlush) })
            : t("verifiedPlain")}
        </FormNote>
      ) : (
        <FormNote tone="crit">{target.detail === null ? action.state : visibleText(target.detail)}</FormNote>
      )}
      <FlushProof target={target} node={node} />
    </>
  );
}
