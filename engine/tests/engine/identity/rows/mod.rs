//! The project that the table edits, and the rows of the table, by topic.

mod closures;
mod components;
mod environment;
mod functions;
mod modules;
mod packages;
mod syntax;
mod types;
mod values;

use super::Row;
use crate::support::TestProject;

/// Is the name of a topic, the files it adds to the project, and its rows.
type Topic = (&'static str, &'static str, fn() -> Vec<Row>);

const TOPICS: [Topic; 9] = [
    ("syntax", syntax::FILES, syntax::rows),
    ("values", values::FILES, values::rows),
    ("functions", functions::FILES, functions::rows),
    ("closures", closures::FILES, closures::rows),
    ("modules", modules::FILES, modules::rows),
    ("types", types::FILES, types::rows),
    ("packages", packages::FILES, packages::rows),
    ("environment", environment::FILES, environment::rows),
    ("components", components::FILES, components::rows),
];

/// Takes the tasks of every topic as branches, so that none of them depends on another.
const CONFIG: &str = r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
import { syntax } from "./syntax/tasks";
import { values } from "./values/tasks";
import { functions } from "./functions/tasks";
import { closures } from "./closures/tasks";
import { modules } from "./modules/tasks";
import { types } from "./types/tasks";
import { packages } from "./packages/tasks";
import { environment } from "./environment/tasks";
import { components } from "./components/tasks";

// A task that hides another would take it out of the table.
const union = (...topics: object[]) => {
  const entries = topics.flatMap((topic) => Object.entries(topic));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two tasks are named ${twice}`);
  return Object.fromEntries(entries);
};

export const app = workflow("app")
  .sequence("app")
  .parallel(union(
    syntax, values, functions, closures, modules,
    types, packages, environment, components,
  ));
"#;

/// Writes the project, with nothing run yet.
pub fn project() -> TestProject {
    let project = TestProject::new(CONFIG);
    for (_, files, _) in TOPICS {
        project.write(files);
    }
    let modules = project.path("node_modules");
    std::os::unix::fs::symlink("../linked/shared", modules.join("shared")).unwrap();
    environment::VARIABLES
        .iter()
        .fold(project, |project, (name, value)| {
            project.with_env(name, value)
        })
}

/// Lists all rows, each with its topic.
pub fn all() -> Vec<(&'static str, Row)> {
    let rows = TOPICS
        .into_iter()
        .flat_map(|(topic, _, rows)| rows().into_iter().map(move |row| (topic, row)));
    rows.collect()
}
