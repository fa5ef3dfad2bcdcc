// A provider written in TypeScript: databases on the stand-in for a server in `server.ts`.

import { defineProvider, type ProviderStorage, type Resolvable } from "@rigkit/sdk";
import { Server } from "./server.ts";

const ID = "database";

/** Refers to a database. In the context of a task it is an artifact, which the provider validates. */
export type Database = {
  readonly provider: typeof ID;
  readonly kind: "database";
  readonly name: string;
  /** Tells a database from others that had its name before. */
  readonly id: string;
};

/** What is noted down about a database in the storage of the project. */
type Entry = { database: Database; migrations: string[]; copyOf: string | null };

/** What handlers receive. */
export type DatabaseRuntime = ReturnType<typeof databases>;

/**
 * Makes the provider.
 *
 * @param config.directory - where the databases are kept
 * @param config.password - what the server asks for, such as `env.secret("DATABASE_PASSWORD")`
 */
export function database(config: { directory: string; password: Resolvable<string> }) {
  return defineProvider(ID, config, {
    providerId: ID,
    createProvider({ provider, storage, local }) {
      const server = new Server(provider.config.directory, provider.config.password, local);
      return {
        providerId: ID,
        runtime: ({ metadata }) => databases(server, storage, metadata),

        // A plan only shows this; an apply does not start while it is `required`.
        async checks() {
          const isRunning = await server.isRunning();
          return {
            id: "server",
            label: "Database server",
            status: isRunning ? "ok" : "required",
            value: { isRunning },
            // Tasks need not run again because the server was stopped for a while.
            fingerprint: provider.config.directory,
            ...(isRunning ? {} : { message: "start it with `rig do server --action start`" }),
          };
        },

        // A cached output counts only while the database it refers to is there.
        async validateArtifact(reference) {
          const { name, id } = reference as Database;
          return server.isThere(name, id);
        },
      };
    },
  });
}

function databases(
  server: Server,
  storage: ProviderStorage,
  metadata: (value: { readonly database: string }) => void,
) {
  const key = (name: string) => `database:${name}`;
  const noted = (name: string) => storage.get(key(name))?.value as Entry | undefined;
  const note = (entry: Entry) => storage.set(key(entry.database.name), entry);

  /** Refers to a database about to be made. */
  function fresh(name: string): Database {
    const database = { provider: ID, kind: "database", name, id: crypto.randomUUID() } as const;
    metadata({ database: database.id });
    return database;
  }

  return {
    /** Makes an empty database; one of that name that exists is dropped. */
    async create(name: string) {
      const database = fresh(name);
      await server.create(name, database.id);
      note({ database, migrations: [], copyOf: null });
      return database;
    },

    /** Makes a database with the tables and rows of another one. */
    async copy(from: Database, name: string) {
      const database = fresh(name);
      await server.copy(from.name, name, database.id);
      note({ database, migrations: noted(from.name)?.migrations ?? [], copyOf: from.name });
      return database;
    },

    async drop({ name }: Database) {
      await server.drop(name);
      storage.delete(key(name));
    },

    /** Adds tables, unless this migration was done before. */
    async migrate({ name }: Database, migration: string, tables: readonly string[]) {
      const entry = noted(name);
      if (entry === undefined || entry.migrations.includes(migration)) return;
      for (const table of tables) await server.addTable(name, table);
      note({ ...entry, migrations: [...entry.migrations, migration] });
    },

    /** Replaces the rows of a table. */
    fill: ({ name }: Database, table: string, rows: readonly string[]) =>
      server.fillTable(name, table, rows),

    tables: ({ name }: Database) => server.tables(name),

    rows: ({ name }: Database, table: string) => server.rows(name, table),

    /** Finds a database by its name. */
    find(name: string) {
      const entry = noted(name);
      if (entry === undefined) throw new Error(`there is no database \`${name}\`; apply the workflow first`);
      return entry.database;
    },

    list: () => storage.entries("database:").map(({ value }) => value as Entry),

    startServer: () => server.start(),
    stopServer: () => server.stop(),
  };
}
