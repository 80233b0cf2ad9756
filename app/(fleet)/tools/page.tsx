import type { Metadata } from "next";
import { PageMessages } from "@/components/i18n/page-messages";
import { requestMessages } from "@/components/i18n/request-locale";
import { ErrorCodesPage } from "@/components/tools/error-codes-page";
import { requireActor } from "@/lib/http/page-auth";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).tools.codes.title };
}

export default async function Page() {
  await requireActor();
  return (
    <PageMessages namespaces={["tools"]}>
      <ErrorCodesPage />
    </PageMessages>
  );
}
