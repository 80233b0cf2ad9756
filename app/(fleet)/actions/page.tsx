import type { Metadata } from "next";
import { ActionsPage } from "@/components/action/actions-page";
import { requestMessages } from "@/components/i18n/request-locale";
import { requireActor } from "@/lib/http/page-auth";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).shell.actions };
}

export default async function Page() {
  await requireActor();
  return <ActionsPage />;
}
