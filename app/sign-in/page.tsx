import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInPage } from "@/components/access/sign-in-page";
import { requestMessages } from "@/components/i18n/request-locale";
import { pageActor } from "@/lib/http/page-auth";
import { SIGN_IN_PROBLEMS, safeNext } from "@/lib/model/access.schema";
import { getRuntime } from "@/lib/server/runtime";

interface PageProps {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
}

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await requestMessages()).access.signIn.title };
}

export default async function Page({ searchParams }: PageProps) {
  const query = await searchParams;
  const next = safeNext(typeof query.next === "string" ? query.next : null);
  // A signed-in user does not need this page.
  if ((await pageActor()) !== null) redirect(next);
  const problem = SIGN_IN_PROBLEMS.find((known) => known === query.problem) ?? null;
  return <SignInPage methods={getRuntime().access.methods()} next={next} problem={problem} />;
}
