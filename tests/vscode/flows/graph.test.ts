// The graph of a workflow: from the keyboard, and while an apply runs.

import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { until } from "../harness/until.ts";
import { SITE } from "./projects.ts";

/** Opens the graph of a project. */
async function withGraph(use: (editor: Editor, project: string) => Promise<void>): Promise<void> {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": SITE });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async (editor) => {
      const { show, workbench } = editor;
      await show();
      await workbench.see(workbench.lens("graph"));
      await workbench.lens("graph").click();
      await workbench.see(workbench.graphTask("clone"));
      await use(editor, project);
    });
  });
}

flow("a graph is walked with the keyboard", async () => {
  await withGraph(async ({ keep, page, workbench }) => {
    await until("a task that has the focus", async () => {
      await page.keyboard.press("Tab");
      return workbench.webview().locator("g.task:focus", { hasText: "clone" }).isVisible();
    });
    await page.keyboard.press("ArrowDown");
    await workbench.see(workbench.webview().locator("g.task:focus", { hasText: "wait" }));
    await keep("graph-1-keyboard");
    await page.keyboard.press("Enter");
    await workbench.see(page.locator(".statusbar-item", { hasText: "Ln 10," }));
  });
});

flow("a graph follows an apply and its cancel", async () => {
  await withGraph(async ({ keep, workbench }, project) => {
    await writeFile(path.join(project, "slow"), "");
    await workbench.webview().getByRole("button", { name: "Apply" }).click();
    await workbench.see(workbench.webview().locator("g.task.running", { hasText: "wait" }));
    await workbench.see(workbench.webview().locator("g.task.cached", { hasText: "clone" }));
    await keep("graph-2-running");
    await rm(path.join(project, "slow"));
    await workbench.press("Applying site", "Cancel");
    await workbench.see(workbench.webview().locator("g.task.pending", { hasText: "wait" }));
  });
});
