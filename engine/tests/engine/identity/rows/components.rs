//! Schemas, configuration and providers: the other parts of an identity.

use super::super::{Row, row};

pub const FILES: &str = r#"
//- /components/schemas.ts
const smallest = 1;
export const json = { type: "object", properties: { port: { type: "integer", minimum: smallest } } };
// Takes what it is given.
export const code = { parse: (value: { port: number }) => { if (value.port < smallest) throw new Error("too small"); return value; } };
export const unused = { type: "object" };
//- /components/cloud.ts
import { defineProvider } from "@rigkit/sdk";
import { kind, unusedKind } from "./cloud-kinds";
const make = (region: unknown) => ({ kind, region });
export const cloud = (config: object) => defineProvider("cloud", config, {
  providerId: "cloud",
  createProvider: ({ provider }) => ({ providerId: "cloud", runtime: () => ({ make: () => make(provider.config.region) }) }),
});
//- /components/cloud-kinds.ts
export const kind = "machine";
export const unusedKind = "disk";
//- /components/tasks.ts
import { sequence, task } from "@rigkit/sdk";
import { json, code } from "./schemas";
import { cloud } from "./cloud";

const region = "eu";
const title = "Field notes";

export const components = {
  withJson: task("withJson", { output: json }, () => ({ ctx: { port: 80 } })),
  withCode: task("withCode", { output: code }, () => ({ ctx: { port: 80 } })),
  versioned: task("versioned", { version: "1" }, () => {}),
  short: task("short", { cacheTTL: "1h" }, () => {}),
  configured: sequence("configured").configure({ site: { title } }).task("configured", ({ config }) => void config),
  machine: sequence("machine").addProvider("cloud", cloud({ region: () => region, size: 1 })).task("machine", ({ cloud }) => void cloud.make()),
  plainMachine: sequence("plainMachine").addProvider("cloud", cloud({})).task("plainMachine", ({ cloud }) => void cloud.make()),
};
"#;

const TASKS: &str = "components/tasks.ts";
const SCHEMAS: &str = "components/schemas.ts";
const CLOUD: &str = "components/cloud.ts";

pub fn rows() -> Vec<Row> {
    vec![
        row("a constant that schemas use")
            .edit(SCHEMAS, "smallest = 1", "smallest = 2")
            .reruns(&["withCode", "withJson"]),
        row("the code of a schema")
            .edit(SCHEMAS, "value.port < smallest", "value.port <= smallest")
            .reruns(&["withCode"]),
        row("the order of keys in a schema").edit(
            SCHEMAS,
            "type: \"integer\", minimum: smallest",
            "minimum: smallest, type: \"integer\"",
        ),
        row("a keyword of a schema")
            .edit(SCHEMAS, "\"integer\"", "\"number\"")
            .reruns(&["withJson"]),
        row("a comment at a schema").edit(
            SCHEMAS,
            "// Takes what it is given.",
            "// Takes any port.",
        ),
        row("another schema in the file").edit(
            SCHEMAS,
            "unused = { type: \"object\" }",
            "unused = { type: \"array\" }",
        ),
        row("a value of a configuration")
            .edit(TASKS, "\"Field notes\"", "\"Field guide\"")
            .reruns(&["configured"]),
        row("the order of keys in a configuration").edit(
            TASKS,
            "{ site: { title } }",
            "{ site: { \"title\": title } }",
        ),
        row("a value of a provider's configuration")
            .edit(TASKS, "region = \"eu\"", "region = \"us\"")
            .reruns(&["machine"]),
        row("how a provider's configuration is computed").edit(
            TASKS,
            "region: () => region",
            "region: async () => \"e\" + \"u\"",
        ),
        row("what a provider's plugin does")
            .edit(CLOUD, "({ kind, region })", "({ kind, region, more: 1 })")
            .reruns(&["machine", "plainMachine"]),
        row("what a provider's plugin captures")
            .edit("components/cloud-kinds.ts", "\"machine\"", "\"vm\"")
            .reruns(&["machine", "plainMachine"]),
        row("what a provider's plugin does not capture").edit(
            "components/cloud-kinds.ts",
            "\"disk\"",
            "\"drive\"",
        ),
        row("a comment in a provider").edit(CLOUD, "const make", "// Makes one.\nconst make"),
        row("the id of a provider")
            .edit(CLOUD, "defineProvider(\"cloud\"", "defineProvider(\"sky\"")
            .reruns(&["machine", "plainMachine"]),
        row("the option version")
            .edit(TASKS, "version: \"1\"", "version: \"2\"")
            .reruns(&["versioned"]),
        row("the option cacheTTL").edit(TASKS, "cacheTTL: \"1h\"", "cacheTTL: \"2h\""),
    ]
}
