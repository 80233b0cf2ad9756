"use client";
import { useTranslations } from "use-intl";
import { EscapedText } from "@/components/node/stats/escaped-text";
import { Age } from "@/components/ui/age";
import { Button } from "@/components/ui/button";
import { lazyPanel } from "@/components/ui/lazy-panel";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Notice } from "@/lib/model/fleet.schema";
import type { DiscoveryNotice } from "./discovery-notices";
import { NoticeBar } from "./notice-bar";

const DiscoveryNotices = lazyPanel(() => import("./discovery-notices"));

const isDiscovery = (notice: Notice): notice is DiscoveryNotice => notice.code.startsWith("discovery");
const isOther = (notice: Notice): notice is Notice & { readonly code: OtherCode } => !isDiscovery(notice);
type OtherCode = Exclude<Notice["code"], DiscoveryNotice["code"]>;

/** Conditions of Memfleet itself, over every page. */
export function Notices() {
  const t = useTranslations("shell.notice");
  const { data: fleet, error } = useFleet();
  const discovery = fleet?.notices.filter(isDiscovery) ?? [];
  return (
    <div aria-live="polite">
      {error?.status === 0 && (
        <NoticeBar tone="crit" title={t("unreachable.title")}>
          {t("unreachable.advice")}
        </NoticeBar>
      )}
      {error?.status === 401 && <SignedOut />}
      {fleet?.notices.filter(isOther).map((notice) => (
        <NoticeBar key={`${notice.code} ${notice.detail}`} tone="warn" title={t(`${notice.code}.title`)}>
          {t(`${notice.code}.advice`)}{" "}
          {notice.code !== "stopping" && (
            <code>
              <EscapedText text={notice.detail} />
            </code>
          )}{" "}
          <Age atMs={notice.sinceMs} />
        </NoticeBar>
      ))}
      {discovery.length > 0 && <DiscoveryNotices notices={discovery} />}
    </div>
  );
}

/** The session ended, in this tab or another. */
function SignedOut() {
  const t = useTranslations("access.signedOut");
  const signInAgain = () => {
    const here = `${location.pathname}${location.search}`;
    location.assign(`/sign-in?next=${encodeURIComponent(here)}`);
  };
  return (
    <NoticeBar tone="warn" title={t("title")} action={<Button onClick={signInAgain}>{t("again")}</Button>}>
      {t("advice")}
    </NoticeBar>
  );
}
