import assert from "node:assert/strict";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { candidate, check } from "../src/server/binary";
import { isAtLeast, readVersion } from "../src/server/version";

describe("which binary is used", () => {
  const cases: [configured: string, platform: NodeJS.Platform, path: string][] = [
    ["", "linux", "/extension/bin/rig"],
    ["", "win32", "/extension/bin/rig.exe"],
    ["/opt/rig", "linux", "/opt/rig"],
    ["~/bin/rig", "linux", join(homedir(), "bin/rig")],
    ["~other/rig", "linux", "~other/rig"],
  ];
  for (const [configured, platform, path] of cases) {
    test(`“${configured}” on ${platform}`, () => {
      assert.deepEqual(candidate(configured, "/extension", platform), {
        path,
        isConfigured: configured !== "",
      });
    });
  }
});

describe("the handshake", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "rig-binary-"));
  });
  after(() => rm(directory, { recursive: true }));

  async function checked(script: string | undefined, mode = 0o755): Promise<object> {
    const path = join(directory, "rig");
    await rm(path, { force: true });
    if (script !== undefined) {
      await writeFile(path, script);
      await chmod(path, mode);
    }
    const { path: told, ...found } = await check({ path, isConfigured: true }, "0.2.0", 1_000);
    assert.equal(told, path);
    return found;
  }

  const cases: [what: string, script: string | undefined, mode: number, found: object][] = [
    ["a good one", "#!/bin/sh\necho rig 0.2.0", 0o755, { kind: "usable", version: "0.2.0" }],
    [
      "a newer one",
      "#!/bin/sh\necho rig 1.0.0-rc.1",
      0o755,
      { kind: "usable", version: "1.0.0-rc.1" },
    ],
    ["none", undefined, 0, { kind: "missing", isConfigured: true }],
    ["no permission", "#!/bin/sh\n", 0o644, { kind: "notExecutable", detail: "EACCES" }],
    [
      "an old one",
      "#!/bin/sh\necho rig 0.1.9",
      0o755,
      { kind: "tooOld", version: "0.1.9", needed: "0.2.0" },
    ],
    ["another program", "#!/bin/sh\necho hello", 0o755, { kind: "notRig", output: "hello" }],
    ["only errors", "#!/bin/sh\necho oh >&2; exit 1", 0o755, { kind: "notRig", output: "oh" }],
    ["silence", "#!/bin/sh\nexec sleep 30", 0o755, { kind: "silent" }],
  ];
  for (const [what, script, mode, found] of cases) {
    test(what, async () => {
      assert.deepEqual(await checked(script, mode), found);
    });
  }

  test("a directory is no binary", async () => {
    assert.equal((await check({ path: directory, isConfigured: false })).kind, "missing");
  });
});

test("versions are read from exactly what `rig --version` prints", () => {
  assert.equal(readVersion("rig 0.1.0\n"), "0.1.0");
  assert.equal(readVersion("rig 10.20.30-beta.1\n"), "10.20.30-beta.1");
  assert.equal(readVersion("trig 0.1.0\n"), undefined);
  assert.equal(readVersion("rig 0.1\n"), undefined);
});

test("versions are compared by their numbers", () => {
  const cases: [version: string, needed: string, isEnough: boolean][] = [
    ["0.1.0", "0.1.0", true],
    ["0.1.10", "0.1.9", true],
    ["0.1.9", "0.1.10", false],
    ["1.0.0-rc.1", "1.0.0", true],
    ["0.9.9", "1.0.0", false],
  ];
  for (const [version, needed, isEnough] of cases) {
    assert.equal(isAtLeast(version, needed), isEnough, `${version} for ${needed}`);
  }
});
