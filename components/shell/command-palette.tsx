"use client";
import { Command } from "cmdk";
import { useRouter } from "next/navigation";
import { Dialog } from "radix-ui";
import { useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { focusAgain } from "@/components/ui/overlay/focus-again";
import { HEALTH_TONE } from "@/components/ui/status/status-tag";
import { ToneGlyph } from "@/components/ui/status/tag";
import { nodePath, poolPath, useCarried } from "@/components/ui/view-link";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Node } from "@/lib/model/node/node.schema";
import { usePaletteCommands } from "./palette-commands";

const SHOWN_NODES = 40;

function matchingNodes(nodes: readonly Node[], search: string): Node[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Node[] = [];
  for (const node of nodes) {
    const text = `${node.id} ${node.pool} ${node.version ?? ""} ${node.status}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(node);
    if (found.length === SHOWN_NODES) break;
  }
  return found;
}

const ITEM =
  "flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent";
const GROUP =
  "[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-2xs [&_[cmdk-group-heading]]:text-faint";

interface CommandPaletteProps {
  readonly onClose: () => void;
  readonly onHelp: () => void;
}

/** Finds nodes, pools and pages by typing. Loaded on demand. */
export default function CommandPalette({ onClose, onHelp }: CommandPaletteProps) {
  const t = useTranslations("shell");
  const router = useRouter();
  const carried = useCarried();
  const { data: fleet } = useFleet();
  const operator = useMaySee("operator");
  const [search, setSearch] = useState("");
  const [opener] = useState(() => document.activeElement);
  const nodes = useMemo(() => matchingNodes(fleet?.nodes ?? [], search), [fleet, search]);
  const commands = usePaletteCommands(search, nodes[0]);
  const wanted = search.trim().toLowerCase();
  const pools = (fleet?.pools ?? []).filter((pool) => pool.name.toLowerCase().includes(wanted)).slice(0, 12);
  const go = (path: string) => {
    onClose();
    router.push(carried(path));
  };
  const pages = [
    { key: "fleet", label: t("fleet"), open: () => go("/") },
    { key: "compare", label: t("compare"), open: () => go("/compare") },
    { key: "diagnostics", label: t("diagnostics"), open: () => go("/diagnostics") },
    ...(operator
      ? (["actions", "shares"] as const).map((key) => ({ key, label: t(key), open: () => go(`/${key}`) }))
      : []),
    { key: "tools", label: t("tools"), open: () => go("/tools") },
    { key: "help", label: t("help.title"), open: onHelp },
  ].filter((page) => page.label.toLowerCase().includes(wanted));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-[#00000066]" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            focusAgain(opener);
          }}
          className="-translate-x-1/2 fixed top-[12vh] left-1/2 z-50 w-[min(560px,calc(100vw-24px))] overflow-hidden rounded-xl border border-line bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">{t("palette.title")}</Dialog.Title>
          <Command shouldFilter={false} label={t("palette.title")}>
            <Command.Input
              value={search}
              onValueChange={setSearch}
              placeholder={t("palette.placeholder")}
              className="h-11 w-full border-line border-b bg-transparent px-4 text-lg outline-none placeholder:text-faint"
            />
            <Command.List className="max-h-[56vh] overflow-auto p-1.5">
              <Command.Empty className="px-2.5 py-6 text-muted">{t("palette.nothing")}</Command.Empty>
              {pages.length > 0 && (
                <Command.Group heading={t("palette.pages")} className={GROUP}>
                  {pages.map((page) => (
                    <Command.Item
                      key={page.key}
                      value={`page ${page.key}`}
                      onSelect={page.open}
                      className={ITEM}
                    >
                      {page.label}
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {commands.length > 0 && (
                <Command.Group heading={t("palette.commands")} className={GROUP}>
                  {commands.map((command) => (
                    <Command.Item
                      key={command.key}
                      value={`command ${command.key}`}
                      onSelect={() => {
                        onClose();
                        command.run();
                      }}
                      className={ITEM}
                    >
                      <span className="truncate">{command.label}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {pools.length > 0 && (
                <Command.Group heading={t("pools")} className={GROUP}>
                  {pools.map((pool) => (
                    <Command.Item
                      key={pool.name}
                      value={`pool ${pool.name}`}
                      onSelect={() => go(poolPath(pool.name))}
                      className={ITEM}
                    >
                      {pool.name}
                      <span className="ml-auto text-muted text-xs">
                        {t("poolNodes", { count: pool.nodes })}
                      </span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              {nodes.length > 0 && (
                <Command.Group heading={t("palette.nodes")} className={GROUP}>
                  {nodes.map((node) => (
                    <Command.Item
                      key={node.id}
                      value={`node ${node.id}`}
                      onSelect={() => go(nodePath(node.id))}
                      className={ITEM}
                    >
                      <StatusGlyph node={node} />
                      <span className="truncate">{node.id}</span>
                      <span className="ml-auto text-muted text-xs">{node.pool}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

const GLYPH_COLOURS = { ok: "text-ok", warn: "text-warn", crit: "text-crit", off: "text-off" } as const;

function StatusGlyph({ node }: { readonly node: Node }) {
  const t = useTranslations("status");
  const tone = HEALTH_TONE[node.health.state];
  return (
    <span className={GLYPH_COLOURS[tone]}>
      <ToneGlyph tone={tone} />
      <span className="sr-only">{t(`status.${node.status}`)}</span>
    </span>
  );
}
