import { Fragment, type ReactNode } from "react";
import { ViewLink } from "@/components/ui/view-link";
import { CopyLink } from "./copy-link";
import { LiveIndicator } from "./notices/live-indicator";
import { WindowPicker } from "./time-range/picker";
import { UtcToggle } from "./time-range/utc-toggle";

interface PageBarProps {
  /** Breadcrumbs: the pages above this one, from the top. */
  readonly crumbs?: readonly { readonly label: string; readonly href: string }[];
  /** The page's heading. */
  readonly title: ReactNode;
  /** Beside the heading: a search field. */
  readonly children?: ReactNode;
  /** Further buttons at the right. */
  readonly actions?: ReactNode;
  /** False on pages without charts, which have neither time range nor freshness. */
  readonly charts?: boolean;
  /** False where nothing on the page depends on the time range. */
  readonly range?: boolean;
}

/** The head of every page: title, freshness, time range and link. */
export function PageBar({
  crumbs = [],
  title,
  children,
  actions,
  charts = true,
  range = charts,
}: PageBarProps) {
  return (
    <div className="z-20 mb-4 flex flex-wrap items-center gap-x-2.5 gap-y-2 border-line border-b bg-bg py-2.5 md:sticky md:top-0">
      <div className="flex min-w-0 items-baseline gap-1.5 text-lg tracking-tight">
        {crumbs.map((crumb) => (
          <Fragment key={crumb.href}>
            <ViewLink href={crumb.href} className="whitespace-nowrap text-faint hover:text-text">
              {crumb.label}
            </ViewLink>
            <span aria-hidden="true" className="text-faint">
              /
            </span>
          </Fragment>
        ))}
        <h1 className="truncate font-semibold">{title}</h1>
      </div>
      {children}
      <div className="ml-auto flex min-w-0 flex-wrap items-center justify-end gap-2">
        {charts && <LiveIndicator />}
        {range && <WindowPicker />}
        <UtcToggle />
        <CopyLink />
        {actions}
      </div>
    </div>
  );
}
