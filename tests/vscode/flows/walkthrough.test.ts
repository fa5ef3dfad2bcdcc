// The pages for the first project.

import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";

/** The steps, each with words of its page. */
const STEPS = {
  "Write a config": "One file says what is needed",
  "Apply it": "A task runs once",
  "Change a task": "It says why",
  "See the whole": "What comes before what",
  "Make a workspace": "A copy to work in",
};

flow("the walkthrough shows a page for each step", async () => {
  await Desk.with(async (desk) => {
    const folder = await desk.folder("fresh", { "README.md": "Nothing yet" });
    // Where there is less room, the pages are left out.
    const size = { width: 1600, height: 900 };
    await Editor.with(desk, { open: folder, size }, async ({ keep, page, show, workbench }) => {
      await show();
      await workbench.openView();
      await workbench.see(workbench.welcome("Open Walkthrough"));
      await workbench.welcome("").getByRole("button", { name: "Open Walkthrough" }).click();
      for (const [index, [step, words]] of Object.entries(STEPS).entries()) {
        const title = page.locator(".gettingStartedContainer .step-title", { hasText: step });
        await workbench.see(title);
        if (index > 0) {
          await title.click();
        }
        await workbench.see(workbench.webview().getByText(words).first());
        await keep(`walkthrough-${index + 1}`);
      }
    });
  });
});
