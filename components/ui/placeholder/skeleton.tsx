import { classNames } from "../class-names";

/** A placeholder of the size of the content to come (width and height as classes). */
export function Skeleton({ className }: { readonly className?: string }) {
  return <span aria-hidden="true" className={classNames("skeleton block", className)} />;
}
