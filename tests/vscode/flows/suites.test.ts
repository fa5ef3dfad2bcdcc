// The suites that run inside of the editor, each in one that nobody used before.

import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("a project from its activation to what a terminal changes", async (context) => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    context.diagnostic(await Editor.with(desk, { open: project, runsSuites: true }, (editor) => editor.runSuite("site")));
  });
});
