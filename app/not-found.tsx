import { NotFoundPage } from "@/components/shell/not-found";

/** Outside the shell: a visitor of a missing page may not be signed in. */
export default function NotFound() {
  return (
    <main className="mx-auto max-w-[980px] px-3 md:px-6">
      <NotFoundPage />
    </main>
  );
}
