"use client";
import type { ReactNode } from "react";
import { classNames } from "../class-names";

interface SegmentedProps<T extends string> {
  /** What is chosen here; the group's accessible name. */
  readonly label: string;
  readonly options: readonly { readonly value: T; readonly label: ReactNode; readonly title?: string }[];
  /** Null: none is chosen. */
  readonly value: T | null;
  readonly onChange: (value: T) => void;
  /** A further control at the end, as "…". */
  readonly more?: ReactNode;
  readonly className?: string;
}

/** One choice out of a few visible ones. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, options, value, onChange, more, className } = props;
  return (
    <fieldset
      className={classNames(
        "flex h-7 divide-x divide-line-soft overflow-hidden rounded-[7px] border border-line bg-surface",
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-label={option.title}
          title={option.title}
          onClick={() => onChange(option.value)}
          className="-outline-offset-2 flex flex-1 items-center justify-center whitespace-nowrap px-2.5 text-muted hover:text-text aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
        >
          {option.label}
        </button>
      ))}
      {more}
    </fieldset>
  );
}
