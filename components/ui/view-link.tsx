"use client";
import { useRouter, useSearchParams } from "next/navigation";
import type { ComponentProps, MouseEvent } from "react";
import { carry } from "@/lib/client/view-state";
import { nodeSegment } from "@/lib/model/node/path-segments";

/** `path` with the current time range and UTC switch. */
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
 * A link to another page, without prefetching: `next/link` with prefetching off does the same with fifty
 * times the code on every page.
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

/** A link to another page that keeps the time range and the UTC switch. */
export function ViewLink({ href, ...rest }: PageLinkProps) {
  return <PageLink {...rest} href={useCarried()(href)} />;
}

/** The page of a node. */
export function nodePath(node: string): string {
  return `/nodes/${nodeSegment(node)}`;
}

/** The page of a pool. */
export function poolPath(pool: string): string {
  return `/pools/${encodeURIComponent(pool)}`;
}
