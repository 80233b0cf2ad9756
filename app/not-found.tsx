import { NotFoundPage } from "@/components/shell/not-found";

/** Outside the shell: who asks for a page that does not exist may not have signed in. */
export default function NotFound() {
  return (
    <main className="mx-auto max-w-[980px] px-3 md:px-6">
      <NotFoundPage />
    </main>
  );
}
