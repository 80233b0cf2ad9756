/**
 * Health checks. Load balancers and container runtimes send any Host, or none, so these are answered under all of them:
 * the response is one word and nothing to protect.
 */
export const HEALTH_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/-/ready"]);
