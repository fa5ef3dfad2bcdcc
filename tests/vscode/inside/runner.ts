// Runs tests inside of the editor, one after the other.

/** A test. */
interface Test {
  readonly name: string;
  readonly body: () => Promise<void>;
}

const tests: Test[] = [];

/** Says what is to be tested. */
export function test(name: string, body: () => Promise<void>): void {
  tests.push({ name, body });
}

/** Runs all of them; what fails is told, and the others still run. */
export async function run(): Promise<void> {
  let failures = 0;
  for (const { name, body } of tests) {
    const start = Date.now();
    try {
      await body();
      console.log(`ok ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failures += 1;
      console.log(`FAILED ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  if (failures > 0) {
    throw new Error(`${failures} of ${tests.length} failed`);
  }
}
