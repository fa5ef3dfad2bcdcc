#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use insta::assert_snapshot;
use serde_json::json;

use rigkit_engine::graph::{Branch, Edge, Graph, GraphTooLarge, Tree, draw_svg};

use super::*;
use crate::styled_text::Line;

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
        pending_node_count: 2,
        conditional_node_count: 1,
        up_to_date: false,
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
    let lines = tree::draw(&[graph()]);
    let lines: Vec<String> = lines.iter().map(Line::plain).collect();
    assert_snapshot!(lines.join("\n"), @r#"
    site  2 of 4 to run (1 more may follow)
    ├── ✓ clone
    ├── parallel
    │   ├── api
    │   │   └── ○ build
    │   └── web
    │       └── ◌ build
    └── ○ join "<&>" #1
    "#);
}

#[test]
fn graphviz_gets_a_cluster_for_each_workflow() {
    assert_snapshot!(dot::draw(&[graph()]), @r##"
    digraph rig {
      rankdir=TB;
      node [shape=box, style="rounded,filled", fontname="sans-serif"];
      subgraph cluster_0 {
        label="site";
        n0_0 [label="clone", fillcolor="#b7e4c7"];
        n0_1 [label="api.build", fillcolor="#ffe08a"];
        n0_2 [label="web.build", fillcolor="#a8dadc"];
        n0_3 [label="join \"<&>\" #1", fillcolor="#ffe08a"];
        n0_0 -> n0_1;
        n0_0 -> n0_2;
        n0_1 -> n0_3;
        n0_2 -> n0_3;
      }
    }
    "##);
}

#[test]
fn mermaid_gets_a_part_for_each_workflow() {
    assert_snapshot!(mermaid::draw(&[graph()]), @r#"
    flowchart TD
      subgraph w0["site"]
        n0_0["clone"]:::cached
        n0_1["api.build"]:::pending
        n0_2["web.build"]:::conditional
        n0_3["join #quot;<&>#quot; #35;1"]:::pending
        n0_0 --> n0_1
        n0_0 --> n0_2
        n0_1 --> n0_3
        n0_2 --> n0_3
      end
      classDef cached fill:#b7e4c7,color:#000
      classDef pending fill:#ffe08a,color:#000
      classDef conditional fill:#a8dadc,color:#000
    "#);
}

#[test]
fn a_picture_shows_every_task_in_its_color() {
    let picture = draw_svg(&[graph()]).unwrap();
    assert!(
        picture.contains("join &quot;&lt;&amp;&gt;&quot; #1"),
        "{picture}"
    );
    for (color, times) in [("#b7e4c7", 1), ("#ffe08a", 2), ("#a8dadc", 1)] {
        assert_eq!(picture.matches(color).count(), times, "{color}");
    }
}

#[test]
fn a_picture_of_nothing_and_one_of_too_much() {
    assert!(draw_svg(&[]).unwrap().starts_with("<svg"));
    let mut graph = graph();
    graph.nodes = std::iter::repeat_n(graph.nodes[0].clone(), 1_001).collect();
    assert!(matches!(
        draw_svg(&[graph]),
        Err(GraphTooLarge { tasks: 1_001, .. })
    ));
}
