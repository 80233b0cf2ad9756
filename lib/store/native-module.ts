/** The native part of libsql, which is built for one platform. */
import { UnavailableError } from "@/lib/model/errors";

/**
 * Loads it, before anything needs it.
 * @throws UnavailableError in one sentence, such as after a move of `node_modules` to another platform
 */
export async function loadNativeModule(load: () => Promise<unknown> = () => import("libsql")): Promise<void> {
  try {
    await load();
  } catch (error) {
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    // How the bundler introduces the reason.
    const cause = reason.replace(/^Failed to load external module \S+: (?:Error: )?/, "").replace(/\.$/, "");
    const platform = `${process.platform} ${process.arch}, Node ${process.versions.node}`;
    throw new UnavailableError(
      `the database module libsql can’t be loaded on this machine (${platform}): ${cause}; run \`npm ci\` here`,
    );
  }
}
