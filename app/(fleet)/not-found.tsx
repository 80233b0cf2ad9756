import { NothingHere } from "@/components/shell/nothing-here";

/** The same words as elsewhere, inside the shell. */
export default function NotFound() {
  return <NothingHere />;
}
