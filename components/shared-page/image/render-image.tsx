import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ImageResponse } from "next/og";
import { coverageOf, drawable } from "./font-coverage";
import type { ImageRequest } from "./image-request";
import { IMAGE_SIZE, ShareImage } from "./share-image";

interface Font {
  readonly data: Buffer;
  readonly covered: ReadonlySet<number>;
}

let font: Promise<Font> | undefined;

/** Read once: 1.4 MB, from the files that are served as static ones. */
function loadFont(): Promise<Font> {
  font ??= readFile(join(process.cwd(), "public/fonts/noto-sans-jp-japanese-500-normal.woff")).then(
    (data) => ({ data, covered: coverageOf(data) }),
    (error) => {
      font = undefined;
      throw error;
    },
  );
  return font;
}

/** Draws the link preview of a share as PNG. Nothing is fetched: every character is in the one font. */
export async function renderShareImage({ status, words, locale }: ImageRequest): Promise<ArrayBuffer> {
  const { data, covered } = await loadFont();
  const image = new ImageResponse(
    <ShareImage status={status} words={words} locale={locale} drawable={(text) => drawable(text, covered)} />,
    { ...IMAGE_SIZE, fonts: [{ name: "Noto Sans JP", data, weight: 500, style: "normal" }] },
  );
  return image.arrayBuffer();
}
