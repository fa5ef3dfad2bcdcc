/** How many runs of the person are going on. */

import { EventEmitter, type Disposable } from "vscode";

/** Counts what runs. */
export class Runs implements Disposable {
  readonly #changed = new EventEmitter<number>();
  #running = 0;

  /** Tells how many run, whenever that is another number. */
  readonly onDidChange = this.#changed.event;

  /** Gives how many run. */
  get running(): number {
    return this.#running;
  }

  /** Counts something for as long as it takes. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count(1);
    try {
      return await work();
    } finally {
      this.#count(-1);
    }
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #count(difference: number): void {
    this.#running += difference;
    this.#changed.fire(this.#running);
  }
}
