"use client";
import { type ReactNode, useId } from "react";

interface FieldProps {
  readonly name: string;
  /** A sentence under the control that explains it. */
  readonly hint?: string;
  /** Quiet: a small muted name, as above a filter. */
  readonly quiet?: boolean;
  /** The control; it takes both attributes. */
  readonly children: (control: { readonly id: string; readonly "aria-describedby"?: string }) => ReactNode;
}

/** A control with its name above it. */
export function Field({ name, hint, quiet = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className={`flex min-w-0 flex-col ${quiet ? "gap-0.5" : "gap-1"}`}>
      <label htmlFor={id} className={quiet ? "text-muted text-xs" : "font-medium"}>
        {name}
      </label>
      {children(hint === undefined ? { id } : { id, "aria-describedby": `${id}-hint` })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-faint text-xs">
          {hint}
        </p>
      )}
    </div>
  );
}
