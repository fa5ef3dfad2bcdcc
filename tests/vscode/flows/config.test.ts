// A config that comes, goes and moves while the editor is open.

import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("a config that a terminal writes shows where there was none", async () => {
  await Desk.with(async (desk) => {
    const folder = await desk.folder("fresh", { "README.md": "Nothing yet" });
    await Editor.with(desk, { open: folder }, async ({ explorer, keep, show, workbench }) => {
      await show();
      await explorer.untilItWatches(folder);
      await workbench.openView();
      await workbench.see(workbench.welcome("No folder has a"));
      await keep("config-1-none");
      await desk.rig(folder, "init");
      await workbench.untilRow("pending");
      await keep("config-2-written");
      assert.deepEqual(await workbench.messages(), []);
    });
  });
});

flow("a first config has its lenses as soon as it is open", async () => {
  await Desk.with(async (desk) => {
    const folder = await desk.folder("fresh", { "README.md": "Nothing yet" });
    await Editor.with(desk, { open: folder }, async ({ explorer, show, workbench }) => {
      await show();
      await explorer.untilItWatches(folder);
      await desk.rig(folder, "init");
      await explorer.open("rig.config.ts");
      await workbench.see(workbench.lens("apply ("));
    });
  });
});

flow("a config that is deleted takes with it what was shown of it, until it is back", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ explorer, keep, page, show, workbench }) => {
      await show();
      await explorer.untilItWatches(project);
      await workbench.showView();
      await workbench.see(workbench.lens("apply (2 pending)"));
      await rm(file);
      await workbench.see(page.locator(".tabs-container .strikethrough", { hasText: "rig.config.ts" }));
      await keep("config-3-deleted");
      await workbench.command("View: Close Editor");
      await workbench.see(workbench.welcome("No folder has a"));
      await writeFile(file, SITE);
      await workbench.untilRow("site 2 of 2 pending");
      assert.deepEqual(await workbench.messages(), []);
    });
  });
});

flow("a project is followed to where its folder moves", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("all/first", { "rig.config.ts": SITE });
    await desk.project("all/other", { "rig.config.ts": SITE.replaceAll('"site"', '"shop"') });
    await Editor.with(desk, { open: desk.path("all") }, async ({ explorer, keep, show, workbench }) => {
      await show();
      await explorer.untilItWatches(desk.path("all"));
      await workbench.showView();
      await workbench.untilRow("site 2 of 2 pending");
      await rename(project, desk.path("all/moved"));
      await workbench.untilRow("moved");
      await workbench.untilNoRow("first");
      await workbench.untilRow("site 2 of 2 pending");
      await keep("config-4-moved");
      await rm(desk.path("all/moved"), { recursive: true });
      await workbench.untilNoRow("site");
      assert.deepEqual(await workbench.messages(), []);
    });
  });
});

flow("a config that is renamed in the explorer is one no more", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ explorer, page, show, workbench }) => {
      await show();
      await workbench.see(workbench.lens("apply (2 pending)"));
      await explorer.rename("rig.config.ts", "plain.ts");
      await workbench.seeNoMore(workbench.lens("apply (2 pending)"));
      await workbench.openView();
      await workbench.see(workbench.welcome("No folder has a"));
      await explorer.show();
      await explorer.rename("plain.ts", "rig.config.ts");
      await workbench.see(workbench.lens("apply (2 pending)"));
      assert.equal(await page.locator(".squiggly-error").count(), 0);
      assert.deepEqual(await workbench.messages(), []);
    });
  });
});
