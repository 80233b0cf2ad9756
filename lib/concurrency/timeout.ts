/** A longer timer would fire at once: `setTimeout` takes 31 bits. */
const MOST_MS = 2_147_483_647;

/** `work`, or what `onTimeout` returns once `ms` milliseconds have passed. The work itself continues. */
export async function withTimeout<Result, Late>(
  work: Promise<Result>,
  ms: number,
  onTimeout: () => Late,
): Promise<Result | Late> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Late>((resolve) => {
    timer = setTimeout(() => resolve(onTimeout()), Math.min(ms, MOST_MS));
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
