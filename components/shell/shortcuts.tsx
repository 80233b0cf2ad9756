"use client";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { useCarried } from "@/components/ui/view-link";
import { readKey } from "./key-bindings";

const CommandPalette = lazyPanel(() => import("./command-palette"));
const HelpDialog = lazyPanel(() => import("./help-dialog"));

const OPEN_PALETTE = "memfleet:palette";

/** Opens the command palette from anywhere. */
export function openPalette(): void {
  dispatchEvent(new Event(OPEN_PALETTE));
}

/** Focuses the page's search field; false when the page has none. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("input[data-search]");
  field?.focus();
  field?.select();
  return field !== null;
}

/** The keyboard shortcuts of every page. */
export function Shortcuts() {
  const router = useRouter();
  const carried = useCarried();
  const [shown, setShown] = useState<"palette" | "help" | null>(null);

  useEffect(() => {
    let before: string | null = null;
    const onKey = (event: KeyboardEvent) => {
      const { command, pending } = readKey(event, before);
      before = pending;
      if (command === null) return;
      event.preventDefault();
      if (command === "palette") setShown("palette");
      else if (command === "help") setShown("help");
      else if (command === "fleet") router.push(carried("/"));
      else if (command === "diagnostics") router.push(carried("/diagnostics"));
      else if (!focusSearch()) setShown("palette");
    };
    const onOpen = () => setShown("palette");
    addEventListener("keydown", onKey);
    addEventListener(OPEN_PALETTE, onOpen);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener(OPEN_PALETTE, onOpen);
    };
  }, [router, carried]);

  const close = () => setShown(null);
  return (
    <>
      {shown === "palette" && <CommandPalette onClose={close} onHelp={() => setShown("help")} />}
      {shown === "help" && <HelpDialog onClose={close} />}
    </>
  );
}
