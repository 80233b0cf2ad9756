/** A long text as a response, produced only as fast as the reader takes it. */
import "server-only";
import { logDefect } from "@/lib/server/lifecycle";
import { NO_STORE } from "./responses";

/** An error after the first piece can no longer become a problem reply: the response breaks off, which clients see. */
export function textStream(
  pieces: AsyncGenerator<string>,
  headers: Readonly<Record<string, string>>,
): Response {
  const encoder = new TextEncoder();
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await pieces.next();
          if (cancelled) return;
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          logDefect(error);
          controller.error(error);
        }
      },
      async cancel() {
        cancelled = true;
        await pieces.return(undefined);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { ...headers, ...NO_STORE } });
}
