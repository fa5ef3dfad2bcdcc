//! `rig graph`.

use insta::assert_snapshot;
use rigkit_tests::Project;

use crate::fixtures::{TWO, WEB};

#[test]
fn a_graph_has_many_forms() {
    let project = Project::new(WEB);
    project.done("apply --until api.api");
    for format in ["tree", "dot", "mermaid", "svg"] {
        let drawn = project.transcript(&[&format!("graph --format {format}")]);
        assert_snapshot!(format, drawn);
    }
    assert_eq!(
        project.done("graph").stdout,
        project.done("graph --format tree").stdout
    );
    let json = project.done("graph --format json");
    let document = json.document("graph.json");
    assert_eq!(json.stdout, project.done("graph --json").stdout);
    assert_eq!(
        document["workflows"][0]["nodes"].as_array().unwrap().len(),
        5
    );
    assert_snapshot!(
        "unknown_format",
        project.transcript(&["graph --format png"])
    );
}

#[test]
fn every_workflow_has_its_graph() {
    let project = Project::new(TWO);
    assert_snapshot!(project.transcript(&[
        "graph",
        "graph -w api",
        "graph -w site --format mermaid"
    ]));
}

#[test]
fn a_tree_is_colored_by_state() {
    let project = Project::new(
        r#"
//- /rig.config.ts
import { workflow } from "@rigkit/sdk";
export const web = workflow("web")
  .sequence("web")
  .task("cached", () => {})
  .task("pending", { cutoff: true, version: process.env.VERSION ?? "1" }, () => ({ ctx: { a: 1 } }))
  .task("conditional", () => {});
"#,
    );
    project.done("apply");
    let changed = |line: &str| project.command(line).env("VERSION", "2");
    let tree = changed("graph --color always").run().stdout;
    let color_of = |text: &str| {
        let (before, _) = tree.split_once(text).unwrap_or_else(|| panic!("{tree}"));
        let start = before.rfind('\u{1b}').unwrap();
        before[start..].to_owned()
    };
    let colors = ["✓ cached", "○ pending", "◌ conditional"].map(color_of);
    assert_ne!(colors[0], colors[1]);
    assert_ne!(colors[1], colors[2]);
    assert_ne!(colors[0], colors[2]);
    assert!(
        colors
            .iter()
            .all(|color| color.ends_with('m') && *color != "\u{1b}[0m")
    );
    assert!(!project.done("graph").stdout.contains('\u{1b}'));
    let mut terminal = rigkit_tests::Terminal::start(changed("graph").env_remove("NO_COLOR"));
    terminal.wait_for(&format!("{}✓ cached", colors[0]));
}
