// A hundred tasks, names that are too long, and every kind of theme.

import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { large } from "./projects.ts";

const THEMES = {
  light: "Default Light Modern",
  dark: "Default Dark Modern",
  contrast: "Default High Contrast",
};

for (const [name, theme] of Object.entries(THEMES)) {
  flow(`a hundred tasks in a theme that is ${name}`, async () => {
    await Desk.with(async (desk) => {
      const project = await desk.project("monorepo", { "rig.config.ts": large() });
      const file = path.join(project, "rig.config.ts");
      const settings = { "workbench.colorTheme": theme };
      await Editor.with(desk, { open: project, file, settings }, async ({ show, workbench, keep }) => {
        await show();
        await workbench.showView();
        await workbench.untilRow("98 of 98 pending");
        await keep(`looks-${name}-1-tree`);
        await workbench.command("Rigkit: Show Graph");
        await workbench.see(workbench.graphTask("prepare-the"));
        await keep(`looks-${name}-2-graph`);
      });
    });
  });
}
