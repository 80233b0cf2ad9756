import type { Metadata } from "next";
import { requestMessages } from "@/components/i18n/request-locale";
import { SharesPage } from "@/components/sharing/shares-page";
import { requireActor } from "@/lib/http/page-auth";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).shell.shares };
}

export default async function Page() {
  await requireActor();
  return <SharesPage />;
}
