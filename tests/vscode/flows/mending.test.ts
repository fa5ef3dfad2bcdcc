// A config that is broken and mended.

import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { SITE } from "./projects.ts";

flow("a name that is taken is mended by a quick fix", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE.replace('"wait"', '"clone"') });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async (editor) => {
      const { page, workbench } = editor;
      await editor.show();
      await workbench.see(page.locator(".squiggly-error").first());
      await workbench.showView();
      await editor.keep("mending-1-broken");
      await page.locator(".view-line", { hasText: "sleep" }).click();
      await workbench.command("Go to Previous Problem (Error, Warning, Info)");
      await page.keyboard.press("Escape");
      await workbench.command("Quick Fix...");
      await workbench.see(page.locator(".action-widget"));
      await editor.keep("mending-2-fixes");
      await page.locator(".action-widget .monaco-list-row", { hasText: "clone" }).first().click();
      await workbench.see(workbench.lens("apply (2 pending)"));
      await workbench.untilRow("2 of 2 pending");
      await editor.keep("mending-3-mended");
    });
  });
});
