import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  agentRules: false,
  // The product's routes set their own compression and ETag (lib/route.ts);
  // pages and static files are compressed by Next.
  compress: true,
  serverExternalPackages: ["memjs", "libsql"],
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
