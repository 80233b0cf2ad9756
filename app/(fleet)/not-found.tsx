import { NotFoundPage } from "@/components/shell/not-found";

/** The usual message, inside the shell. */
export default function NotFound() {
  return <NotFoundPage />;
}
