// A database that is created, migrated, filled and checked. Shows a provider of one's own,
// artifacts, expiry, `step.invalidate`, and operations with both ways to describe their input.

import { workflow } from "@rigkit/sdk";
import type { DatabaseRuntime } from "./database.ts";
import { baseName, readLines, sourcesOf, type Machine } from "./shared.ts";

const name = "notes";

const seeded = {
  type: "object",
  properties: { rows: { type: "integer", minimum: 1 } },
  required: ["rows"],
} as const;

export const api = workflow<{ providers: Machine & { database: DatabaseRuntime } }>("api")
  .sequence("api")
  .add(sourcesOf("api"))

  // The reference in the context is an artifact: when the database goes, this runs again.
  .task("create", async ({ database, step }) => ({
    ctx: { ...step.ctx, database: await database.create(name) },
  }))

  .task("migrate", async ({ host, database, step }) => {
    const files = await host.glob("api/migrations/*.txt");
    for (const file of files) {
      await database.migrate(step.ctx.database, baseName(file), await readLines(host, file));
    }
    return { ctx: { ...step.ctx, tables: await database.tables(step.ctx.database) } };
  })

  // Rows get old: twice a day they are written anew.
  .task("seed", { cacheTTL: "12h", output: seeded }, async ({ host, database, step }) => {
    const rows = await readLines(host, "api/seed.txt");
    for (const table of step.ctx.tables) {
      const own = rows.filter((row) => row.startsWith(`${table}: `));
      await database.fill(step.ctx.database, table, own.map((row) => row.slice(table.length + 2)));
    }
    return { ctx: { ...step.ctx, rows: rows.length } };
  })

  // Runs every time: when somebody dropped a table, the database is made again from the start.
  .task("verify", { cacheTTL: 0, cutoff: true }, async ({ database, step }) => {
    const tables = await database.tables(step.ctx.database);
    const missing = step.ctx.tables.filter((table) => !tables.includes(table));
    if (missing.length > 0) {
      step.log(`missing tables: ${missing.join(", ")}`, { stream: "warn" });
      return step.invalidate("create");
    }
  })

  .workspace({
    create: async ({ database, workflow, workspace }) => {
      const own = await database.copy(workflow.ctx.database, `${name}-${workspace.name}`);
      return { database: own };
    },
    remove: async ({ database, workspace }) => {
      await database.drop(workspace.ctx.database);
    },
  })

  .workspaceOperation("rows", {
    description: "Shows the rows of a table",
    input: {
      type: "object",
      required: ["table"],
      properties: {
        table: { type: "string", description: "The table" },
        limit: { type: "integer", minimum: 1, description: "Show at most this many" },
      },
    },
    run: async ({ database, input, workspace }) => {
      const rows = await database.rows(workspace.ctx.database, input.table);
      return rows.slice(0, input.limit);
    },
  })

  .workspaceOperation("insert", {
    description: "Adds a row to a table",
    input: (w) => ({
      table: w.string({ position: 0, description: "The table" }),
      row: w.string({ position: 1, description: "The row" }),
      first: w.boolean({ description: "Put it before the others" }),
    }),
    run: async ({ database, input, workspace }) => {
      const rows = await database.rows(workspace.ctx.database, input.table);
      const more = input.first ? [input.row, ...rows] : [...rows, input.row];
      await database.fill(workspace.ctx.database, input.table, more);
      return { rows: more.length };
    },
  })

  .operation("compare", {
    description: "Shows the rows that only a workspace has",
    input: (w) =>
      w.workspaceInput({ name: "workspace", position: 0 }).extend({
        table: w.string({ defaultValue: "notes", description: "The table" }),
      }),
    run: async ({ database, input }) => {
      const own = await database.rows(input.workspace.ctx.database, input.table);
      const shared = await database.rows(database.find(name), input.table);
      return own.filter((row) => !shared.includes(row));
    },
  })

  .operation("databases", {
    description: "Lists the databases of this project",
    run: ({ database }) =>
      database.list().map(({ database, migrations, copyOf }) => ({
        name: database.name,
        migrations,
        copyOf,
      })),
  })

  .operation("server", {
    description: "Starts or stops the database server",
    input: {
      type: "object",
      required: ["action"],
      properties: { action: { type: "string", enum: ["start", "stop"] } },
    },
    run: ({ database, input }) =>
      input.action === "start" ? database.startServer() : database.stopServer(),
  });
