"use client";
import { type ReactNode, useId } from "react";
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

/** One choice out of a few visible ones: a group of radio buttons, with their keys. */
export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, options, value, onChange, more, className } = props;
  const group = useId();
  return (
    <fieldset
      className={classNames(
        "flex h-7 divide-x divide-line-soft overflow-hidden rounded-[7px] border border-line bg-surface",
        className,
      )}
    >
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className="-outline-offset-2 relative flex flex-1 items-center justify-center whitespace-nowrap px-2.5 text-muted outline-accent hover:text-text has-[:checked]:bg-accent-soft has-[:checked]:font-medium has-[:checked]:text-accent has-[:focus-visible]:outline-2"
        >
          {/* Above the text, so that a click and a screen reader meet the radio button itself. */}
          <input
            type="radio"
            name={group}
            aria-label={option.title}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {option.label}
        </label>
      ))}
      {more}
    </fieldset>
  );
}
