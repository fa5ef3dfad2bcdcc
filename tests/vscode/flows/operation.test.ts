// An operation that asks for everything that there is to ask, to its shown result.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Desk } from "../harness/desk.ts";
import { Editor } from "../harness/editor.ts";
import { flow } from "../harness/flow.ts";
import { until } from "../harness/until.ts";

const CONFIG = `import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";

export const site = workflow("site", { providers: { host: host.provider() } })
  .sequence("main")
  .task("clone", async () => ({ ctx: {} }))
  .workspace({ create: async () => ({}), remove: async () => {} })
  .operation("deploy", {
    input: {
      type: "object",
      properties: { mode: { enum: ["fast", "safe"] }, minify: { type: "boolean" } },
      required: ["mode", "minify"],
    },
    run: async ({ host, input, local }) => {
      const sure = await local.prompt.confirm({ message: "Deploy now?" });
      const name = await local.prompt.text({ message: "Under which name?" });
      await host.writeFile("deployed", name);
      return \`\${name}: \${input.mode}, minify \${input.minify}, sure \${sure}\`;
    },
  })
  .operation("report", { run: async () => Array.from({ length: 60 }, (_, index) => \`line \${index}\`).join("\\n") });
`;

flow("an operation asks for what it needs and shows what it gives", async () => {
  await Desk.with(async (desk) => {
    const project = await desk.project("site", { "rig.config.ts": CONFIG });
    const file = path.join(project, "rig.config.ts");
    await Editor.with(desk, { open: project, file }, async ({ keep, page, show, workbench }) => {
      const row = (text: string) => page.locator(".quick-input-list .monaco-list-row", { hasText: text });
      await show();
      await workbench.showView();
      await workbench.row("deploy").hover();
      await workbench.row("deploy").locator(".action-label").first().click();
      await workbench.see(row("safe"));
      await keep("operation-1-choice");
      await workbench.choose("safe");
      await workbench.see(row("false"));
      await workbench.choose("false");
      await workbench.see(row("Yes"));
      await keep("operation-2-confirm");
      await workbench.choose("Yes");
      await workbench.answer("Under which name?", "v2");
      await workbench.see(workbench.message("deploy: v2: safe, minify false, sure true"));
      assert.equal(await until("what was deployed", () => readFile(path.join(project, "deployed"), "utf8")), "v2");
      await keep("operation-3-result");
      await workbench.closeMessages();

      await workbench.row("report").hover();
      await workbench.row("report").locator(".action-label").first().click();
      await workbench.see(page.locator(".tab", { hasText: "report" }));
      await workbench.see(page.locator(".view-line", { hasText: "line 12" }));
      await keep("operation-4-document");

      await workbench.command("Rigkit: Explain");
      const explanation = workbench.webview();
      await workbench.see(explanation.locator("h2", { hasText: "Why" }));
      await keep("operation-5-explain");
      await explanation.locator("a", { hasText: "Everything that is known" }).click();
      await workbench.see(page.locator(".tab", { hasText: "whole-" }));
      await keep("operation-6-whole");
    });
  });
});
