import { SharedGone } from "@/components/share/shared-gone";

export default function NotFound() {
  return <SharedGone />;
}
