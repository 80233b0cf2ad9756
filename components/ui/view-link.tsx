"use client";
import { useRouter, useSearchParams } from "next/navigation";
import type { ComponentProps, MouseEvent } from "react";
import { carry } from "@/lib/client/view-state";

/** The address of `path` with the window and the UTC switch in view kept. */
export function useCarried(): (path: string) => string {
  const search = useSearchParams();
  return (path) => carry(path, search);
}

/** A click that means this tab, rather than another tab, another window or a download. */
function isPlain({ button, metaKey, ctrlKey, shiftKey, altKey }: MouseEvent): boolean {
  return button === 0 && !metaKey && !ctrlKey && !shiftKey && !altKey;
}

type PageLinkProps = Omit<ComponentProps<"a">, "href"> & { readonly href: string };

/**
 * A link to another page. Nothing is fetched ahead: `next/link` without that is this, in fifty times the code, which
 * every page would load.
 */
export function PageLink({ href, onClick, children, ...rest }: PageLinkProps) {
  const router = useRouter();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || !isPlain(event)) return;
    event.preventDefault();
    router.push(href);
  };
  return (
    <a {...rest} href={href} onClick={follow}>
      {children}
    </a>
  );
}

/** A link to another page that keeps the window and the UTC switch in view. */
export function ViewLink({ href, ...rest }: PageLinkProps) {
  return <PageLink {...rest} href={useCarried()(href)} />;
}

/** The page of a node. */
export function nodePath(node: string): string {
  return `/nodes/${encodeURIComponent(node)}`;
}

/** The page of a pool. */
export function poolPath(pool: string): string {
  return `/pools/${encodeURIComponent(pool)}`;
}
