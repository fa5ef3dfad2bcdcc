//! Variables of the environment: where they come from, and what is told of those that are missing
//! or cannot be read.

use insta::assert_snapshot;
use rigkit_tests::Project;
use serde_json::json;

/// A project whose config, and one of whose tasks, read variables.
const SHOP: &str = r#"
//- /rig.config.ts
import { env, workflow } from "@rigkit/sdk";
const city = env("SHOP_CITY", "nowhere");
export const shop = workflow("shop").sequence("shop")
  .task("open", () => ({ ctx: { city } }))
  .task("light", () => ({ ctx: { lamp: env("SHOP_LAMP") } }))
  .workspace({ create: () => ({}), remove: () => {} });
"#;

fn context(project: &Project) -> serde_json::Value {
    project.done("apply --json").document("apply.json")["context"].take()
}

#[test]
fn a_line_that_cannot_be_read_is_a_warning_and_commands_go_on() {
    let project = Project::new(SHOP);
    project.write(".env", "SHOP_LAMP=on\n");
    project.done("create draft");
    project.write(".env", "SHOP_LAMP=on\nthe ladder is broken\n");
    assert_snapshot!(project.transcript(&["ls --json", "plan"]));
    project.done("log --json");
    project.done("cache ls --json");
    project.done("apply");
    assert!(project.rig("plan --quiet").exits_with(0).stderr.is_empty());
}

#[test]
fn the_variable_of_a_line_that_cannot_be_read_is_an_error_where_it_is_used() {
    let project = Project::new(SHOP);
    project.write(".env", "SHOP_CITY Ghent\nSHOP_LAMP=on\n");
    assert_snapshot!(project.transcript(&["plan"]));
    project.write(".env", "SHOP_CITY=Ghent\nSHOP_LAMP on\n");
    assert_snapshot!(project.transcript(&["apply"]));
}

#[test]
fn a_missing_variable_is_named_with_where_to_set_it() {
    let project = Project::new(SHOP);
    assert_snapshot!(project.transcript(&["apply"]));
    let config = project.read("rig.config.ts");
    project.write("rig.config.ts", config.replace(", \"nowhere\"", ""));
    assert_snapshot!(project.transcript(&["plan"]));
    assert_eq!(
        project.rig("plan --json").exits_with(1).error()["code"],
        "definition-threw"
    );
}

#[test]
fn a_folder_in_the_place_of_the_file_is_a_warning() {
    let project = Project::new(SHOP);
    std::fs::create_dir(project.path(".env")).unwrap();
    project.write(".env.local", "SHOP_LAMP=on\n");
    assert_snapshot!(project.transcript(&["apply"]));
}

#[test]
fn another_value_makes_what_captures_it_run_again() {
    let project = Project::new(SHOP);
    project.write(".env", "SHOP_CITY=Ghent\nSHOP_LAMP=on\n");
    project.write(".env.local", "SHOP_CITY='$Bruges'\n");
    assert_eq!(context(&project), json!({ "lamp": "on" }));
    project.write(".env", "SHOP_CITY=Ghent\nSHOP_LAMP=off\n");
    project.write(".env.local", "");
    assert_snapshot!(project.transcript(&["plan"]));
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_file() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { env, sequence } from "@rigkit/sdk";
import colours from "./colours.json";
import { kept } from "./kept";
import { old } from "./old.cjs";
export const paint = sequence("paint").task("mix", () => ({ ctx: { all: [colours.wall, kept, old, env("WALL")] } }));
"#,
    );
    let mark = '\u{feff}';
    project.write("colours.json", format!("{mark}{{ \"wall\": \"ochre\" }}\n"));
    project.write("kept.ts", format!("{mark}export const kept = \"umber\";\n"));
    project.write("late.json", format!("{mark}[\"sienna\"]\n"));
    project.write(
        "old.cjs",
        format!("{mark}exports.old = require(\"./late.json\")[0];\n"),
    );
    project.write(".env", format!("{mark}WALL=white\n"));
    let all = context(&project)["all"].take();
    assert_eq!(all, json!(["ochre", "umber", "sienna", "white"]));
}
