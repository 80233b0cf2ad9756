import type { Metadata } from "next";
import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { cache } from "react";
import { createTranslator } from "use-intl/core";
import { getLocale, requestMessages } from "@/components/i18n/request-locale";
import { IMAGE_SIZE } from "@/components/shared-page/image/share-image";
import { SharedLock } from "@/components/shared-page/lock";
import { SharedPage } from "@/components/shared-page/page";
import { nameOf } from "@/components/shared-page/summary";
import { ownOrigin } from "@/lib/access/origin";
import { viewShare } from "@/lib/http/shared";
import type { OpenedShare } from "@/lib/model/share.schema";
import { getRuntime } from "@/lib/server/runtime";

interface PageProps {
  /** Percent-encoded, as in the URL. */
  readonly params: Promise<{ readonly token: string }>;
}

/** Opened once per request, which counts as one view, however many parts of the page need it. */
const opened = cache(
  async (token: string): Promise<OpenedShare | null> => viewShare(token, (await headers()).get("cookie")),
);

/** Absolute URLs from the configuration: a link preview must not depend on the Host header of its request. */
export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  const { token } = await params;
  const [share, messages, locale] = await Promise.all([opened(token), requestMessages(), getLocale()]);
  const t = createTranslator({ locale, messages, namespace: "share.meta" });
  const base: Metadata = { robots: { index: false, follow: false }, referrer: "no-referrer" };
  if (share === null) return { ...base, title: t("goneTitle") };
  const origin = ownOrigin(getRuntime().configuration);
  // Without an absolute URL there is no preview.
  const url = origin === null ? null : `${origin}/s/${token}`;
  const link = url === null ? {} : { url };
  if (share.locked) {
    const title = t("lockedTitle");
    const description = t("lockedText");
    return { ...base, title, description, openGraph: { title, description, ...link, type: "website" } };
  }
  const label = nameOf(share.status);
  const title = t("title", { label });
  const preview = { ...IMAGE_SIZE, alt: t("imageAlt", { label }) };
  const images = url === null ? [] : [{ url: `${url}/preview.png`, ...preview }];
  const description = t("description");
  return {
    ...base,
    title,
    description,
    openGraph: { title, description, ...link, type: "website", siteName: "Memfleet", images },
    twitter: { card: "summary_large_image", title, description, images },
  };
}

export default async function Page({ params }: PageProps) {
  const { token } = await params;
  const share = await opened(token);
  if (share === null) notFound();
  if (share.locked) return <SharedLock token={token} />;
  const { intervalMs } = getRuntime().configuration.poll;
  return <SharedPage token={token} initial={share.status} pollIntervalMs={intervalMs} />;
}
