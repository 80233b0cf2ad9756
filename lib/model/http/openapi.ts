/** The OpenAPI document, generated from the endpoints and their schemas. */
import { z } from "zod";
import { ENDPOINTS, type Endpoint } from "./endpoints";

interface SchemaObject {
  readonly properties?: Record<string, { description?: string }>;
  readonly required?: readonly string[];
}

const PROBLEM = {
  description: "A problem (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** OpenAPI 3.1 for every endpoint. */
export function openapiDocument(): Record<string, unknown> {
  return {
    openapi: "3.1.0",
    info: {
      title: "Memfleet",
      version: "1",
      description: "Times are Unix milliseconds; null means not reported.",
    },
    paths: paths(),
    components: {
      schemas: { Problem: z.toJSONSchema(problemSchema) },
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
  };
}

function paths(): Record<string, Record<string, unknown>> {
  const byPath: Record<string, Record<string, unknown>> = {};
  for (const [id, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
    const methods = byPath[endpoint.path] ?? {};
    methods[endpoint.method.toLowerCase()] = operation(id, endpoint);
    byPath[endpoint.path] = methods;
  }
  return byPath;
}

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  reason: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), found: z.string(), allowed: z.string() })).optional(),
});

function operation(id: string, endpoint: Endpoint): Record<string, unknown> {
  const schema = endpoint.reply ? z.toJSONSchema(endpoint.reply) : { type: "string" };
  const content = endpoint.status === 204 ? {} : { content: { [endpoint.contentType]: { schema } } };
  const isPublic = endpoint.access === "public" || endpoint.access === "share";
  return {
    operationId: id,
    summary: endpoint.summary,
    ...(isPublic ? {} : { description: `Requires the ${endpoint.access} role.`, security: [{ token: [] }] }),
    parameters: [...pathParameters(endpoint.path), ...queryParameters(endpoint.query)],
    ...(endpoint.body ? { requestBody: requestBody(endpoint.body) } : {}),
    responses: {
      [endpoint.status]: { description: "Success", ...content },
      default: PROBLEM,
    },
  };
}

function requestBody(body: z.ZodType): unknown {
  return {
    required: true,
    content: { "application/json": { schema: z.toJSONSchema(body, { io: "input" }) } },
  };
}

function pathParameters(path: string): unknown[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodType): unknown[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" }) as SchemaObject;
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema,
  }));
}
