import type { Metadata } from "next";
import { ComparePage } from "@/components/compare/compare-page";
import { PageMessages } from "@/components/i18n/page-messages";
import { requestMessages } from "@/components/i18n/request-locale";
import { requireActor } from "@/lib/http/page-auth";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).shell.compare };
}

export default async function Page() {
  await requireActor();
  return (
    <PageMessages namespaces={["compare"]}>
      <ComparePage />
    </PageMessages>
  );
}
