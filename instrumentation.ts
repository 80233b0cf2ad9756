/** Next calls this once when a server process starts; never during a build. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startProcess } = await import("./lib/server/lifecycle");
    await startProcess();
  }
}
