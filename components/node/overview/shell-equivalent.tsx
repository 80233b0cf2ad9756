"use client";
import { useTranslations } from "use-intl";
import { CopyButton } from "@/components/ui/copy/button";
import { Hint } from "@/components/ui/overlay/tooltip";
import { Panel } from "@/components/ui/panel";
import type { Node } from "@/lib/model/node/node.schema";
import { useGroupCommands } from "../use-group-commands";

/** Shell commands that show the same without Memfleet, and that read a single value. */
export function ShellEquivalent({ node }: { readonly node: Node }) {
  const t = useTranslations("node.shell");
  const commands = useGroupCommands(node, "general", "get_hits");
  return (
    <Panel title={<Hint text={t("meaning")}>{t("title")}</Hint>}>
      <ul className="flex flex-col gap-1.5">
        {commands.map((command) => (
          <li key={command} className="flex items-center gap-1 rounded-md bg-line-soft py-0.5 pr-1 pl-2">
            <code className="min-w-0 flex-1 break-all font-mono text-2xs text-muted">{command}</code>
            <CopyButton text={command} label={t("copy")} />
          </li>
        ))}
      </ul>
      {node.auth === "none" ? null : <p className="mt-1.5 text-faint text-xs">{t("secrets")}</p>}
    </Panel>
  );
}
