/** Paths below `/api` that do not exist. A page, which Next would send, is of no use to a client of the API. */
import { problemResponse } from "@/lib/http/responses";

function notFound(): Response {
  const detail = "There is no such path in the API. GET /api/v1/openapi.json lists all.";
  return problemResponse({ status: 404, type: "not-found", title: "Not found", detail });
}

export { notFound as DELETE, notFound as GET, notFound as POST };
