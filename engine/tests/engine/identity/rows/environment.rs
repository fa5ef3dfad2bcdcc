//! Variables of the environment, and globals that the config sets.

use super::super::{Row, row};

pub const VARIABLES: [(&str, &str); 8] = [
    ("REGION", "eu"),
    ("STAGE", "test"),
    ("TOKEN", "a-secret-token"),
    ("PORT", "80"),
    ("LATE", "a-late-value"),
    ("LAZY", "lazy"),
    ("OLD", "old"),
    ("OTHER", "other"),
];

pub const FILES: &str = r#"
//- /environment/globals.ts
Object.assign(globalThis, { release: "r1", describe: () => "global" });
//- /environment/lazy.ts
export const lazy = process.env.LAZY;
//- /environment/old.cjs
const { env } = process;
exports.old = () => env.OLD;
//- /environment/tasks.ts
import { env, task } from "@rigkit/sdk";
import * as sdk from "@rigkit/sdk";
import "./globals";
import { old } from "./old.cjs";

declare const release: string;

const stage = process.env.STAGE ?? "none";
const port = env("PORT", "8080");
const token = env.secret("TOKEN");
const region = () => process.env.REGION;
const variables = process.env;

export const environment = {
  region: task("region", () => void process.env.REGION),
  bracket: task("bracketRegion", () => void process.env["REGION"]),
  regionHelper: task("regionHelper", () => void region()),
  regionUnpacked: task("regionUnpacked", () => {
    const { REGION } = process.env;
    return { ctx: { REGION } };
  }),
  regionGlobal: task("regionGlobal", () => void globalThis.process.env.REGION),
  regionKept: task("regionKept", () => void variables.REGION),
  stage: task("stage", () => void stage),
  port: task("port", () => void port),
  token: task("token", () => void token()),
  late: task("late", () => void env("LATE")),
  lateSecret: task("lateSecret", () => void env.secret("LATE")()),
  lateMember: task("lateMember", () => void [sdk.env("LATE"), sdk.env.secret("LATE")()]),
  lazyVariable: task("lazyVariable", async () => void (await import("./lazy"))),
  oldVariable: task("oldVariable", () => void old()),
  unset: task("unset", () => void process.env.UNSET),
  release: task("release", () => void release),
  releaseMember: task("releaseMember", () => void (globalThis as any).release),
  described: task("described", () => void (globalThis as any).describe()),
};
"#;

pub fn rows() -> Vec<Row> {
    let variable = |name, value| row(name).variable(name, value);
    let globals = |name, from, to| row(name).edit("environment/globals.ts", from, to);
    vec![
        variable("REGION", "us")
            .reruns(&[
                "bracketRegion",
                "region",
                "regionGlobal",
                "regionHelper",
                "regionKept",
                "regionUnpacked",
            ])
            .tells(&[
                "bracketRegion: process.env.REGION set → set",
                "region: process.env.REGION set → set",
                "regionGlobal: process.env.REGION set → set",
                "regionHelper: process.env.REGION set → set",
                "regionKept: variables.REGION \"eu\" → \"us\"",
                "regionUnpacked: process.env.REGION set → set",
            ]),
        variable("STAGE", "live")
            .reruns(&["stage"])
            .tells(&["stage: stage \"test\" → \"live\""]),
        variable("PORT", "81")
            .reruns(&["port"])
            .tells(&["port: port \"80\" → \"81\""]),
        variable("TOKEN", "another-token").reruns(&["token"]),
        variable("LATE", "never")
            .reruns(&["late", "lateMember", "lateSecret"])
            .tells(&[
                "late: env(LATE) set → set",
                "lateMember: env(LATE) set → set",
                "lateMember: env.secret(LATE) set → set",
                "lateSecret: env.secret(LATE) set → set",
            ]),
        variable("LAZY", "eager")
            .reruns(&["lazyVariable"])
            .tells(&["lazyVariable: process.env.LAZY set → set"]),
        variable("OLD", "new")
            .reruns(&["oldVariable"])
            .tells(&["oldVariable: process.env.OLD set → set"]),
        variable("UNSET", "set")
            .reruns(&["unset"])
            .tells(&["unset: process.env.UNSET not set → set"]),
        variable("OTHER", "changed"),
        variable("UNKNOWN", "new"),
        row("the default of a variable that is set").edit(
            "environment/tasks.ts",
            "\"8080\"",
            "\"9090\"",
        ),
        row("the default of a variable that is used").edit(
            "environment/tasks.ts",
            "\"none\"",
            "\"some\"",
        ),
        globals("a global that the config sets", "\"r1\"", "\"r2\"")
            .reruns(&["release", "releaseMember"]),
        globals("a global function", "\"global\"", "\"world\"").reruns(&["described"]),
        globals(
            "a global more",
            "release: \"r1\"",
            "release: \"r1\", extra: 1",
        ),
    ]
}
