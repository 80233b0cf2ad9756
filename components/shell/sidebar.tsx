"use client";
import { Search } from "lucide-react";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { useMaySee } from "@/components/access/use-refusal";
import { UserMenu } from "@/components/access/user-menu";
import { IconButton } from "@/components/ui/button";
import { classNames } from "@/components/ui/class-names";
import { useHydrated } from "@/components/ui/hooks/use-hydrated";
import { poolPath, ViewLink } from "@/components/ui/view-link";
import { useFleet } from "@/lib/client/queries/fleet";
import type { Pool } from "@/lib/model/fleet.schema";
import { Brand } from "./brand";
import { LanguageSwitch } from "./language-switch";
import { openPalette } from "./shortcuts";
import { ThemeSwitch } from "./theme/theme-switch";

interface EntryProps {
  readonly href: string;
  readonly current: boolean;
  readonly children: ReactNode;
  readonly badge?: ReactNode;
}

function Entry({ href, current, children, badge }: EntryProps) {
  return (
    <ViewLink
      href={href}
      aria-current={current ? "page" : undefined}
      className={classNames(
        "flex shrink-0 items-center justify-between gap-2 rounded-md px-2 py-1.5",
        current ? "bg-accent-soft font-medium text-accent" : "text-muted hover:bg-line-soft hover:text-text",
      )}
    >
      <span className="truncate">{children}</span>
      {badge}
    </ViewLink>
  );
}

function PoolBadge({ pool }: { readonly pool: Pool }) {
  const t = useTranslations("shell");
  const notUp = pool.nodes - pool.up - pool.unknown;
  if (notUp > 0) {
    return (
      <span
        className="rounded-full bg-crit-soft px-1.5 text-2xs text-crit"
        title={t("notUp", { count: notUp })}
      >
        <span aria-hidden="true">{notUp}</span>
        <span className="sr-only">{t("notUp", { count: notUp })}</span>
      </span>
    );
  }
  return (
    <span className="hidden text-2xs text-faint md:inline" title={t("poolNodes", { count: pool.nodes })}>
      {pool.nodes}
    </span>
  );
}

/** Navigation: at the left; on a phone a row at the top. */
export function Sidebar() {
  const t = useTranslations("shell");
  const pathname = usePathname();
  const { data: fleet } = useFleet();
  const operator = useMaySee("operator");
  const isMac = useHydrated() && /mac|iphone|ipad/i.test(navigator.platform);
  return (
    <header
      data-print="no"
      className="flex items-center gap-1 border-line border-b bg-surface px-2.5 py-2 md:sticky md:top-0 md:h-dvh md:flex-col md:items-stretch md:border-r md:border-b-0 md:py-3.5"
    >
      <a
        href="#main"
        className="-top-12 fixed left-2 z-50 rounded-md bg-accent px-3 py-2 text-on-accent focus:top-2"
      >
        {t("skip")}
      </a>
      <ViewLink href="/" className="shrink-0 rounded-md px-2 py-0.5 md:mb-2" aria-label={t("brand")}>
        <Brand />
      </ViewLink>
      <button
        type="button"
        onClick={openPalette}
        className="mb-2 hidden items-center gap-2 rounded-md border border-line px-2 py-1 text-faint hover:border-faint md:flex"
      >
        <Search size={13} aria-hidden="true" />
        <span className="flex-1 text-left">{t("goTo")}</span>
        <kbd className="font-mono text-2xs">{t(isMac ? "paletteKeysMac" : "paletteKeys")}</kbd>
      </button>
      <nav
        aria-label={t("navigation")}
        className="scroll-fade relative flex min-w-0 flex-1 gap-0.5 overflow-x-auto md:flex-col md:overflow-y-auto md:overflow-x-hidden"
      >
        <Entry href="/" current={pathname === "/"}>
          {t("fleet")}
        </Entry>
        <Entry href="/diagnostics" current={pathname === "/diagnostics"}>
          {t("diagnostics")}
        </Entry>
        <Entry href="/compare" current={pathname === "/compare"}>
          {t("compare")}
        </Entry>
        {operator &&
          (["actions", "shares"] as const).map((page) => (
            <Entry key={page} href={`/${page}`} current={pathname === `/${page}`}>
              {t(page)}
            </Entry>
          ))}
        <Entry href="/tools" current={pathname === "/tools"}>
          {t("tools")}
        </Entry>
        {fleet !== undefined && fleet.pools.length > 0 && (
          <>
            <h2 className="mt-3 mb-0.5 hidden px-2 text-2xs text-faint md:block">{t("pools")}</h2>
            {fleet.pools.map((pool) => (
              <Entry
                key={pool.name}
                href={poolPath(pool.name)}
                current={pathname === poolPath(pool.name)}
                badge={<PoolBadge pool={pool} />}
              >
                {pool.name}
              </Entry>
            ))}
          </>
        )}
      </nav>
      <div className="flex shrink-0 gap-0.5 md:flex-col md:items-start">
        <IconButton
          label={t("goTo")}
          icon={<Search size={14} aria-hidden="true" />}
          className="md:hidden"
          onClick={openPalette}
        />
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu />
      </div>
    </header>
  );
}
