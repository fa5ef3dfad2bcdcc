/** Not waiting for ever. */

/** Is what comes of something that took too long. */
export const TIMED_OUT = Symbol("timed out");

/** Waits for a promise, but not longer than some milliseconds. */
export async function within<T>(
  milliseconds: number,
  promise: Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TIMED_OUT>((resolve) => {
    timer = setTimeout(resolve, milliseconds, TIMED_OUT);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
