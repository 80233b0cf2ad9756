import type { CSSProperties, ReactNode, Ref } from "react";

interface ScrollRegionProps {
  readonly label: string;
  readonly className: string;
  readonly style?: CSSProperties;
  readonly ref?: Ref<HTMLElement>;
  readonly children: ReactNode;
}

// What scrolls must be reachable by keyboard (WCAG 2.1.1).
const FOCUSABLE = { tabIndex: 0 } as const;

/** A part of the page that scrolls in itself. */
export function ScrollRegion({ label, children, ...region }: ScrollRegionProps) {
  return (
    <section aria-label={label} {...region} {...FOCUSABLE}>
      {children}
    </section>
  );
}
