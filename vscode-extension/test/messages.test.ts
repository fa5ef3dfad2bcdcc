import assert from "node:assert/strict";
import { test } from "node:test";
import { inOneLine } from "../src/server/oneLine";
import { TwiceTold, type Channel } from "../src/server/twiceTold";

/** Says which of some tellings of one failure, each at a second, are shown. */
function shown(tellings: readonly [second: number, channel: Channel][]): boolean[] {
  let now = 0;
  const failures = new TwiceTold(() => now);
  return tellings.map(([second, channel]) => {
    now = second * 1000;
    return failures.isNew("no", channel);
  });
}

test("a failure that is told in two ways is shown once, in whichever order", () => {
  const cases: [tellings: [number, Channel][], shown: boolean[]][] = [
    [
      [
        [0, "message"],
        [0, "answer"],
      ],
      [true, false],
    ],
    [
      [
        [0, "answer"],
        [1, "message"],
      ],
      [true, false],
    ],
    [
      [
        [0, "message"],
        [0, "answer"],
        [1, "message"],
        [1, "answer"],
      ],
      [true, false, true, false],
    ],
    [
      [
        [0, "answer"],
        [1, "answer"],
      ],
      [true, true],
    ],
    [
      [
        [0, "message"],
        [60, "answer"],
      ],
      [true, true],
    ],
  ];
  for (const [tellings, expected] of cases) {
    assert.deepEqual(shown(tellings), expected);
  }
});

test("help stays apart from what it is for, where everything is in one line", () => {
  const cases: [message: string, shown: string][] = [
    ["no room\nhelp: make some", "no room — make some"],
    ["two lines\n  of one", "two lines — of one"],
    ["plain", "plain"],
  ];
  for (const [message, expected] of cases) {
    assert.equal(inOneLine(message), expected);
  }
});
