import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  poweredByHeader: false,
  agentRules: false,
  // Pages, files and the interface alike: Next drops a route's own content-encoding.
  compress: true,
  // No picture is resized; the optimiser would be CPU time for anybody.
  images: { unoptimized: true },
  serverExternalPackages: ["memjs", "libsql"],
  // Messages are parsed on the server (components/i18n/compiled-messages.ts): browsers get no ICU parser.
  turbopack: { resolveAlias: { "use-intl/format-message": "use-intl/format-message/format-only" } },
  outputFileTracingRoot: import.meta.dirname,
};

export default config;
