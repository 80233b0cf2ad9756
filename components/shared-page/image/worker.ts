/** The worker thread that draws link previews, one after the other: drawing takes a third of a second of CPU. */
import { parentPort } from "node:worker_threads";
import type { DrawnImage, ImageRequest } from "./image-request";
import { renderShareImage } from "./render-image";

parentPort?.on("message", async (request: ImageRequest) => {
  let drawn: DrawnImage;
  try {
    drawn = { png: await renderShareImage(request) };
  } catch (error) {
    drawn = { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(drawn, "png" in drawn ? [drawn.png] : []);
});
