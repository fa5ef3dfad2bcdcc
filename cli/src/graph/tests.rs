#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use insta::assert_snapshot;
use serde_json::json;

use super::{
    model::{Branch, Edge, Graph, Tree},
    *,
};
use crate::failure::Failure;

/// A clone, two branches, and a join that carries a name which every format has to escape.
fn graph() -> Graph {
    let node = |index: usize, path: &str, name: &str, status: &str| {
        let reason = json!({ "code": "never-run" });
        json!({ "index": index, "path": path, "name": name, "status": status, "reason": reason, "upstreamRunIds": [] })
    };
    let nodes = json!([
        node(0, "clone", "clone", "cached"),
        node(1, "api.build", "build", "pending"),
        node(2, "web.build", "build", "conditional"),
        node(3, "join \"<&>\" #1", "join \"<&>\" #1", "pending"),
    ]);
    let task = |index| Tree::Task { index };
    let branch = |name: &str, index| Branch {
        name: name.to_owned(),
        node: Tree::Sequence {
            name: name.to_owned(),
            children: vec![task(index)],
        },
    };
    let branches = vec![branch("api", 1), branch("web", 2)];
    let edge = |from, to| Edge { from, to };
    Graph {
        workflow: "site".to_owned(),
        cached_node_count: 1,
        nodes: serde_json::from_value(nodes).unwrap(),
        edges: vec![edge(0, 1), edge(0, 2), edge(1, 3), edge(2, 3)],
        tree: Tree::Sequence {
            name: "site".to_owned(),
            children: vec![task(0), Tree::Parallel { branches }, task(3)],
        },
    }
}

#[test]
fn a_tree_shows_branches_and_states() {
    let text = anstream::adapter::strip_str(&tree::draw(&[graph()])).to_string();
    assert_snapshot!(text, @"");
}

#[test]
fn graphviz_gets_a_cluster_for_each_workflow() {
    assert_snapshot!(dot::draw(&[graph()]), @"");
}

#[test]
fn mermaid_gets_a_part_for_each_workflow() {
    assert_snapshot!(mermaid::draw(&[graph()]), @"");
}

#[test]
fn a_picture_shows_every_task_in_its_color() {
    let picture = svg::draw(&[graph()]).unwrap();
    assert!(picture.contains("join &quot;&lt;&amp;&gt;&quot; #1"), "{picture}");
    for (color, times) in [("#b7e4c7", 1), ("#ffe08a", 2), ("#a8dadc", 1)] {
        assert_eq!(picture.matches(color).count(), times, "{color}");
    }
}

#[test]
fn a_picture_of_nothing_and_one_of_too_much() {
    assert!(svg::draw(&[]).unwrap().starts_with("<svg"));
    let mut graph = graph();
    graph.nodes = std::iter::repeat_n(graph.nodes[0].clone(), 1_000).collect();
    assert!(matches!(svg::draw(&[graph]), Err(Failure::GraphTooLarge { tasks: 1_000, .. })));
}
