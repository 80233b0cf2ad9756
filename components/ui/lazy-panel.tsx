"use client";
import { lazy, type ReactNode, Suspense } from "react";

type Component<Props> = (props: Props) => ReactNode;

/** A component whose code is loaded when it is first rendered; until then it shows nothing. */
export function lazyPanel<Props extends object>(
  load: () => Promise<{ readonly default: Component<Props> }>,
): Component<Props> {
  const Panel = lazy(load);
  return function LazyPanel(props: Props) {
    return (
      <Suspense>
        <Panel {...props} />
      </Suspense>
    );
  };
}
