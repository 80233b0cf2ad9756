"use client";
import type { ReactNode } from "react";
import { Notices } from "./notices/notices";
import { Shortcuts } from "./shortcuts";
import { Sidebar } from "./sidebar";

/** The frame of every page: navigation, notices, content. */
export function AppShell({ children }: { readonly children: ReactNode }) {
  return (
    <div className="md:grid md:min-h-dvh print:block md:grid-cols-[192px_minmax(0,1fr)]">
      <Sidebar />
      <div className="min-w-0">
        <Notices />
        <main id="main" tabIndex={-1} className="mx-auto max-w-[1560px] px-3 pb-10 outline-none md:px-6">
          {children}
        </main>
      </div>
      <Shortcuts />
    </div>
  );
}
