"use client";
import { useTranslations } from "use-intl";
import { Popover } from "../overlay/popover";
import { CopyButton } from "./button";

interface CopyCommandProps {
  /** Shell commands that show the same; secrets as variables. Never run by Memfleet. */
  readonly commands: readonly string[];
}

/** `$_`: the shell commands that show what the panel shows. */
export function CopyCommand({ commands }: CopyCommandProps) {
  const t = useTranslations("ui");
  return (
    <Popover tone="quiet" label={t("sameInShell")} trigger={<span className="font-mono text-2xs">$_</span>}>
      {() => (
        <div className="flex flex-col gap-1.5">
          <p className="font-medium text-xs">{t("sameInShell")}</p>
          {commands.map((command) => (
            <div key={command} className="flex items-center gap-1 rounded-md bg-line-soft py-1 pr-1 pl-2">
              <code className="min-w-0 flex-1 whitespace-pre-wrap break-all font-mono text-xs">
                {command}
              </code>
              <CopyButton text={command} label={t("copyCommand")} />
            </div>
          ))}
        </div>
      )}
    </Popover>
  );
}
