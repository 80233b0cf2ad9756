import { NotFoundPage } from "@/components/shell/not-found";

/** The same words as elsewhere, inside the shell. */
export default function NotFound() {
  return <NotFoundPage />;
}
