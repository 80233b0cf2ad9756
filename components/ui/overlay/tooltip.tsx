"use client";
import { type ReactNode, useCallback, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";

const GAP = 6;
const OPEN_DELAY_MS = 250;

interface BubbleProps {
  readonly id: string;
  readonly text: string;
  readonly anchor: HTMLElement;
}

/** Below the anchor, above it when there is no room; always inside the window. */
function Bubble({ id, text, anchor }: BubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = bubble.current;
    if (element === null) return;
    const at = anchor.getBoundingClientRect();
    const size = element.getBoundingClientRect();
    const below = at.bottom + GAP + size.height <= window.innerHeight;
    const left = Math.min(Math.max(at.left, GAP), Math.max(GAP, window.innerWidth - size.width - GAP));
    element.style.left = `${left}px`;
    element.style.top = `${below ? at.bottom + GAP : at.top - GAP - size.height}px`;
    element.style.visibility = "visible";
  }, [anchor]);
  return createPortal(
    <div
      ref={bubble}
      id={id}
      role="tooltip"
      className="pointer-events-none invisible fixed z-50 max-w-[min(320px,90vw)] rounded-md border border-line bg-raised px-2 py-1 text-text text-xs shadow-float"
    >
      {text}
    </div>,
    document.body,
  );
}

function useBubble(text: string) {
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const close = useCallback(() => {
    clearTimeout(timer.current);
    setAnchor(null);
  }, []);
  const openSoon = (element: HTMLElement) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setAnchor(element), OPEN_DELAY_MS);
  };

  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (anchor === null) return;
    const onKey = (event: KeyboardEvent) => event.key === "Escape" && close();
    addEventListener("keydown", onKey);
    addEventListener("scroll", close, { capture: true, passive: true });
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("scroll", close, { capture: true });
    };
  }, [anchor, close]);

  return {
    show: (element: HTMLElement) => setAnchor(element),
    describedBy: anchor === null ? undefined : id,
    bubble: anchor === null || text === "" ? null : <Bubble id={id} text={text} anchor={anchor} />,
    handlers: {
      onPointerEnter: (event: React.PointerEvent<HTMLElement>) =>
        event.pointerType === "mouse" && openSoon(event.currentTarget),
      onPointerLeave: close,
      onFocus: (event: React.FocusEvent<HTMLElement>) =>
        event.target.matches(":focus-visible") && setAnchor(event.currentTarget),
      onBlur: close,
    },
  };
}

interface TooltipProps {
  readonly text: string;
  readonly children: ReactNode;
}

/** Shows `text` when the control inside is hovered or focused by keyboard. The control has its own name. */
export function Tooltip({ text, children }: TooltipProps) {
  const { bubble, handlers } = useBubble(text);
  return (
    <span className="inline-flex" {...handlers}>
      {children}
      {bubble}
    </span>
  );
}

interface HintProps {
  /** One line that explains the word. */
  readonly text: string;
  readonly children: ReactNode;
  readonly className?: string;
}

/** A word with its one-line meaning on hover, focus and touch. */
export function Hint({ text, children, className }: HintProps) {
  const { bubble, handlers, describedBy, show } = useBubble(text);
  return (
    <button
      type="button"
      aria-describedby={describedBy}
      className={`cursor-help text-inherit [font:inherit] underline decoration-faint/50 decoration-dotted underline-offset-[3px] ${className ?? ""}`}
      {...handlers}
      onClick={(event) => show(event.currentTarget)}
    >
      {children}
      {bubble}
    </button>
  );
}
