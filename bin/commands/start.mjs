import { resolveListen, startingAddress } from "../server/listen.mjs";
import { serve } from "../server/serve.mjs";
import { ensureBuild } from "../setup/build.mjs";
import { ensureDependencies } from "../setup/dependencies.mjs";
import { callerFolder } from "../setup/project.mjs";

/** Runs Memfleet with the caller's configuration. */
export async function run(_args, stop) {
  const cwd = callerFolder("start");
  await ensureDependencies(stop);
  await ensureBuild(stop);
  const listen = await startingAddress(await resolveListen(process.env, cwd));
  const onReady = (address) => console.log(`Memfleet is ready at ${address}`);
  return serve({ listen, cwd, env: process.env, stop, onReady });
}
