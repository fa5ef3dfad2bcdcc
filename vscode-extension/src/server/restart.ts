/** When a server that ended by itself is started again. */

/** The pauses before each start, in milliseconds. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000];

/** How long the end of a server counts, in milliseconds. */
const MEMORY = 180_000;

/** What is to be done about a server that ended. */
export type Restart = { kind: "afterPause"; pause: number } | { kind: "giveUp"; times: number };

/** Counts how often a server ended lately. */
export class RestartPolicy {
  readonly #now: () => number;
  #ends: number[] = [];

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Notes that a server ended, and says what is to be done. */
  ended(): Restart {
    const now = this.#now();
    this.#ends = [...this.#ends.filter((end) => now - end < MEMORY), now];
    const times = this.#ends.length;
    const pause = PAUSES[times - 1];
    return pause === undefined ? { kind: "giveUp", times } : { kind: "afterPause", pause };
  }

  /** Forgets everything, for a person wants another try. */
  reset(): void {
    this.#ends = [];
  }
}
