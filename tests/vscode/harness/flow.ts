// What a person does in the editor, as a test.

import { test, type TestContext } from "node:test";

/**
 * Says what is to be tried. The editor's page is not ours, and now and then loses a click or a key:
 * what fails is tried once more from the beginning, and told.
 */
export function flow(name: string, body: (context: TestContext) => Promise<void>): void {
  test(name, async (context) => {
    try {
      await body(context);
    } catch (error) {
      context.diagnostic(`tried again after ${error instanceof Error ? error.message : String(error)}`);
      await body(context);
    }
  });
}
