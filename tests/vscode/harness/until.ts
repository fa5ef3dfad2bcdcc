// Waiting for what is so sooner or later.

import { setTimeout as rest } from "node:timers/promises";

/** How long anything may take, on a machine that has much else to do. */
export const PATIENCE = Number(process.env.PATIENCE ?? 120_000);

/** Asks again and again, until there is an answer that counts. */
export async function until<T>(what: string, ask: () => T | Promise<T>, pause = 25): Promise<NonNullable<T>> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) {
      return answer;
    }
    if (Date.now() > end) {
      throw new Error(`never: ${what}`);
    }
    await rest(pause);
  }
}

/** Fails after a time, with what is known then. */
export function timeLimit(time: number, describe: () => string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(describe())), time).unref();
  });
}
