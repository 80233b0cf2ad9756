import { classNames } from "../class-names";

/** Stands where something will be, in its size (give width and height as classes). */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={classNames("skeleton block", className)} />;
}
