"use client";
import type { ShareStatus } from "@/lib/model/share.schema";
import { SharedCharts } from "./charts";
import { SharedEvents } from "./events";
import { SharedHeadline } from "./headline";
import { SharedNodes } from "./nodes";
import { SharedTiles } from "./tiles";

interface SharedStatusProps {
  readonly status: ShareStatus;
  /** As a page, or as the preview in the dialog that creates the link. */
  readonly as: "page" | "preview";
}

/** The content of a share link, on its page and in the preview. */
export function SharedStatus({ status, as }: SharedStatusProps) {
  return (
    <div className="flex flex-col gap-3.5">
      <SharedHeadline status={status} level={as === "page" ? "h1" : "p"} />
      <SharedTiles status={status} />
      <SharedCharts status={status} small={as === "preview"} />
      <SharedNodes status={status} />
      <SharedEvents status={status} />
    </div>
  );
}
