"use client";
import { type RefObject, useEffect, useRef, useSyncExternalStore } from "react";

/** A colour of the theme by the name of its token: `ok`, `s1`, `line-soft`. */
export type ThemeColour = (token: string) => string;
export type Draw = (context: CanvasRenderingContext2D, colour: ThemeColour) => void;

function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

/**
 * A canvas of the given CSS pixels, redrawn when `draw`, its size or the theme changes. Sharp on every
 * screen; `draw` begins on an empty canvas and works in CSS pixels.
 */
export function useDrawing(width: number, height: number, draw: Draw): RefObject<HTMLCanvasElement | null> {
  const ref = useRef<HTMLCanvasElement>(null);
  const theme = useSyncExternalStore(
    onThemeChange,
    () => document.documentElement.dataset.theme ?? "",
    () => "",
  );
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d") ?? null;
    if (canvas === null || context === null) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.scale(scale, scale);
    // The theme is read here, so that changing it redraws the canvas.
    const style = theme === null ? null : getComputedStyle(document.documentElement);
    draw(context, (token) => style?.getPropertyValue(`--${token}`).trim() ?? "");
  }, [width, height, draw, theme]);
  return ref;
}
