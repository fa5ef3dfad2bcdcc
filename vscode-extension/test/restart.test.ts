import assert from "node:assert/strict";
import { test } from "node:test";
import { RestartPolicy } from "../src/server/restart";
import { TIMED_OUT, within } from "../src/server/timeout";

/** Lets a server end at some times, in seconds, and gives the pauses. */
function pauses(ends: readonly number[]): (number | string)[] {
  let now = 0;
  const policy = new RestartPolicy(() => now);
  return ends.map((end) => {
    now = end * 1000;
    const restart = policy.ended();
    return restart.kind === "afterPause" ? restart.pause : `gave up after ${restart.times}`;
  });
}

test("pauses grow, and then there is an end to it", () => {
  const ends = [0, 1, 3, 7, 15, 31];
  assert.deepEqual(pauses(ends), [500, 1000, 2000, 4000, 8000, "gave up after 6"]);
});

test("what is long ago does not count", () => {
  assert.deepEqual(pauses([0, 10, 500, 900]), [500, 1000, 500, 500]);
});

test("a person's wish begins anew", () => {
  const policy = new RestartPolicy(() => 0);
  policy.ended();
  policy.reset();
  assert.deepEqual(policy.ended(), { kind: "afterPause", pause: 500 });
});

test("waiting has an end", async () => {
  assert.equal(await within(1_000, Promise.resolve("answer")), "answer");
  assert.equal(await within(1, new Promise(() => undefined)), TIMED_OUT);
  await assert.rejects(within(1_000, Promise.reject(new Error("no"))), /no/);
});
