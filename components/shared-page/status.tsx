"use client";
import type { ShareStatus } from "@/lib/model/share.schema";
import { SharedCharts } from "./charts";
import { SharedEvents } from "./events";
import { SharedHeadline } from "./headline";
import { SharedNodes } from "./nodes";
import { SharedTiles } from "./tiles";

interface SharedStatusProps {
  readonly status: ShareStatus;
  /** As a page of its own, or as the preview in the dialog that makes the link. */
  readonly as: "page" | "preview";
}

/** All that a share link shows. The page and the preview are drawn by this one component. */
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
