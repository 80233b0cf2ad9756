/** The messages between the main thread and the one that draws. */
import type { Locale } from "@/components/i18n/locale";
import type { ShareStatus } from "@/lib/model/share.schema";
import type { ImageWords } from "./image-words";

export interface ImageRequest {
  readonly status: ShareStatus;
  readonly words: ImageWords;
  readonly locale: Locale;
}

export type DrawnImage = { readonly png: ArrayBuffer } | { readonly failure: string };
