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
