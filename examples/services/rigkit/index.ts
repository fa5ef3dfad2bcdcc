// Three workflows, each in a file of its own, with the providers they all share.

import { host } from "@rigkit/provider-host";
import { defineConfig, env } from "@rigkit/sdk";
import { api } from "./api.ts";
import { database } from "./database.ts";
import { tools } from "./tools.ts";
import { web } from "./web.ts";

export default defineConfig({
  providers: {
    host: host.provider(),
    database: database({
      directory: ".rigkit/databases",
      password: env.secret("DATABASE_PASSWORD", "development"),
    }),
  },
  workflows: { tools, api, web },
});
