"use client";
import type { ComponentProps, ReactNode } from "react";
import { classNames } from "./class-names";
import { Tooltip } from "./overlay/tooltip";

export type ButtonTone = "plain" | "primary" | "harm" | "danger" | "quiet";

const STYLES: Record<ButtonTone, string> = {
  plain: "control font-medium",
  primary:
    "control border-accent bg-accent font-medium text-on-accent disabled:border-line disabled:bg-transparent",
  harm: "control font-medium text-crit",
  danger:
    "control border-crit bg-crit font-medium text-on-accent disabled:border-line disabled:bg-transparent",
  quiet: "inline-flex h-6 items-center gap-1 rounded-md px-1.5 text-muted hover:bg-line-soft hover:text-text",
};

type ButtonProps = ComponentProps<"button"> & { readonly tone?: ButtonTone };

export function Button({ tone = "plain", className, type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={classNames(STYLES[tone], className)} {...rest} />;
}

type IconButtonProps = Omit<ButtonProps, "children" | "aria-label"> & {
  /** What it does; shown on hover and focus, and its accessible name. */
  readonly label: string;
  readonly icon: ReactNode;
};

/** A button that is an icon; its name shows on hover and focus. */
export function IconButton({ label, icon, tone = "quiet", className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <Button
        tone={tone}
        aria-label={label}
        className={classNames(tone === "quiet" ? "min-w-6 justify-center" : "px-2", className)}
        {...rest}
      >
        {icon}
      </Button>
    </Tooltip>
  );
}
