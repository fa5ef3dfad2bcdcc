/** Failures of which the server tells in two ways. */

/** How much later the second telling of a failure may come, in milliseconds. */
const APART = 5_000;

/** How a failure is told: in a message for the person, and in the answer to the request. */
export type Channel = "message" | "answer";

/** Takes failures that are told twice, in either order, for one. */
export class TwiceTold {
  readonly #now: () => number;
  readonly #told = new Map<string, { channel: Channel; time: number }>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Says whether a failure is told for the first time. */
  isNew(failure: string, channel: Channel): boolean {
    const time = this.#now();
    const before = this.#told.get(failure);
    if (before !== undefined && before.channel !== channel && time - before.time < APART) {
      this.#told.delete(failure);
      return false;
    }
    this.#told.set(failure, { channel, time });
    return true;
  }
}
