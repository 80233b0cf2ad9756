import type { Metadata } from "next";
import { ComparePage } from "@/components/compare/compare-page";
import { requestMessages } from "@/components/i18n/request-locale";
import { requireActor } from "@/lib/page-actor";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).shell.compare };
}

export default async function Page() {
  await requireActor();
  return <ComparePage />;
}
