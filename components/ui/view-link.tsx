"use client";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import type { ComponentProps } from "react";
import { carry } from "@/lib/client/view-state";

/** The address of `path` with the window and the UTC switch in view kept. */
export function useCarried(): (path: string) => string {
  const search = useSearchParams();
  return (path) => carry(path, search);
}

type ViewLinkProps = Omit<ComponentProps<typeof Link>, "href"> & { readonly href: string };

/** A link to another page that keeps the window and the UTC switch in view. */
export function ViewLink({ href, prefetch = false, ...rest }: ViewLinkProps) {
  const carried = useCarried();
  return <Link href={carried(href)} prefetch={prefetch} {...rest} />;
}

/** The page of a node. */
export function nodePath(node: string): string {
  return `/nodes/${encodeURIComponent(node)}`;
}

/** The page of a pool. */
export function poolPath(pool: string): string {
  return `/pools/${encodeURIComponent(pool)}`;
}
