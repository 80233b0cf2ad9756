import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  agentRules: false,
  // The product's routes set their own compression and ETag (lib/route.ts);
  // pages and static files are compressed by Next.
  compress: true,
  serverExternalPackages: ["memjs", "libsql"],
  // Messages are parsed on the server (components/i18n/compiled-messages.ts): browsers get no ICU parser.
  turbopack: { resolveAlias: { "use-intl/format-message": "use-intl/format-message/format-only" } },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
