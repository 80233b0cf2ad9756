import { SharedGone } from "@/components/shared-page/not-found";

export default function NotFound() {
  return <SharedGone />;
}
