"use client";
import { useTranslations } from "use-intl";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { ToneGlyph } from "@/components/ui/status/tag";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Notice } from "@/lib/model/fleet.schema";
import type { DiscoveryNotice } from "./discovery-notices";

const DiscoveryNotices = lazyPanel(() => import("./discovery-notices"));

const isOfDiscovery = (notice: Notice): notice is DiscoveryNotice => notice.code.startsWith("discovery");
const isOwn = (notice: Notice): notice is Notice & { readonly code: OwnCode } => !isOfDiscovery(notice);
type OwnCode = Exclude<Notice["code"], DiscoveryNotice["code"]>;

/** Conditions of Memfleet itself, over every page. */
export function Notices() {
  const t = useTranslations("shell.notice");
  const { data: fleet, error } = useFleet();
  const signedOut = error?.status === 401;
  const ofDiscovery = fleet?.notices.filter(isOfDiscovery) ?? [];
  const unreachable = error !== null && error.status === 0;
  return (
    <div aria-live="polite">
      {unreachable && (
        <p className="flex flex-wrap items-center gap-2 border-line border-b bg-crit-soft px-3 py-2 md:px-6">
          <span className="text-crit">
            <ToneGlyph tone="crit" />
          </span>
          <b className="font-semibold">{t("unreachable.title")}</b>
          <span className="text-muted">{t("unreachable.advice")}</span>
        </p>
      )}
      {signedOut && <SignedOut />}
      {fleet?.notices.filter(isOwn).map((notice) => (
        <p
          key={notice.code}
          className="flex flex-wrap items-center gap-x-2 border-line border-b bg-warn-soft px-3 py-2 md:px-6"
        >
          <span className="text-warn">
            <ToneGlyph tone="warn" />
          </span>
          <b className="font-semibold">{t(`${notice.code}.title`)}</b>
          <span className="min-w-0 break-words text-muted">
            {t(`${notice.code}.advice`)} {notice.code !== "stopping" && <code>{notice.detail}</code>}{" "}
            <Age atMs={notice.sinceMs} />
          </span>
        </p>
      ))}
      {ofDiscovery.length > 0 && <DiscoveryNotices notices={ofDiscovery} />}
    </div>
  );
}

/** The session ended, or was ended elsewhere. */
function SignedOut() {
  const t = useTranslations("access.signedOut");
  const signInAgain = () => {
    const here = `${location.pathname}${location.search}`;
    location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
  };
  return (
    <p className="flex flex-wrap items-center gap-2 border-line border-b bg-warn-soft px-3 py-2 md:px-6">
      <span className="text-warn">
        <ToneGlyph tone="warn" />
      </span>
      <b className="font-semibold">{t("title")}</b>
      <span className="text-muted">{t("advice")}</span>
      <Button onClick={signInAgain}>{t("again")}</Button>
    </p>
  );
}
