"use client";
import dynamic from "next/dynamic";
import { Skeleton } from "../ui/skeleton";

function Placeholders() {
  return (
    <div className="mt-3.5 grid gap-3.5 lg:grid-cols-3" aria-hidden="true">
      {["a", "b", "c"].map((key) => (
        <div key={key} className="panel px-3.5 py-3">
          <Skeleton className="mb-2 h-[21px] w-32" />
          <Skeleton className="h-[190px] w-full" />
        </div>
      ))}
    </div>
  );
}

/** The charts come after the figures: their code is loaded when the page already stands. */
export const LazyCharts = dynamic(() => import("./overview-charts"), { ssr: false, loading: Placeholders });
