//! Paths of tasks, and the points between them, against a model.

use std::sync::Arc;

use proptest::{prelude::*, test_runner::Config};
use rigkit_engine::{
    definition::{Place, Point, PointId, Renaming, Workflow},
    graph::edges,
};

use super::{check_paths, load, paths};
use crate::support::TestProject;

#[test]
fn paths_leave_the_root_out_and_repeat_no_name() {
    check_paths(
        r#"
import { workflow, task, sequence } from "@rigkit/sdk";
const w = workflow("app");
const run = async (): Promise<void> => {};
export const app = w.sequence("root")
  .task("first", run)
  .step("second", run)
  .add(w.sequence("base").task("install", run).add(w.sequence("deep").task("x", run)))
  .add(sequence("root").task("same", run))
  .parallel({ web: w.sequence("web").task("build", run), api: task("build", run), x: sequence("y").task("z", run) })
  .parallel({ p: sequence("p").add(sequence("p").task("t", run)), q: sequence("q").parallel({ q: task("q", run) }) })
  .task("join", { version: "1", cacheTTL: "1h" }, run);
"#,
        &[
            "first",
            "second",
            "base.install",
            "base.deep.x",
            "root.same",
            "web.build",
            "api.build",
            "x.y.z",
            "p.p.t",
            "q.q.q",
            "join",
        ],
    );
}

#[test]
fn a_node_can_be_built_anywhere_and_used_twice() {
    check_paths(
        r#"
import { task, sequence } from "@rigkit/sdk";
const part = sequence("part").task("a", () => {});
export const one = sequence("one").add(part).task("b", () => {});
export const two = sequence("two").parallel({ x: part, y: part });
"#,
        &["part.a", "b", "x.part.a", "y.part.a"],
    );
}

#[test]
fn later_tasks_are_those_that_a_task_runs_before() {
    let project = TestProject::new(
        r#"
import { task, sequence } from "@rigkit/sdk";
const run = () => {};
export const app = sequence("app").task("a", run)
  .parallel({ x: sequence("x").task("b", run).task("c", run), y: task("d", run) })
  .task("e", run);
"#,
    );
    let definition = load(&project);
    let workflow = &definition.workflows[0];
    let later = |name: &str| {
        let (task, _) = workflow.find_tasks(name).next().unwrap();
        let later = workflow.later_tasks(task).into_iter();
        let later = later.map(|task| workflow.task(task).name.to_string());
        later.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        ["a", "b", "c", "d", "e"].map(later),
        ["b c d e", "c e", "e", "e", ""]
    );
}

#[test]
fn builders_mutate_nothing() {
    check_paths(
        r#"
import { sequence } from "@rigkit/sdk";
const base = sequence("app").task("a", () => {});
base.task("lost", () => {});
export const app = base.task("b", () => {});
"#,
        &["a", "b"],
    );
}

#[test]
fn nodes_nest_deep_but_not_without_end() {
    let nested = |depth: usize| {
        format!(
            "import {{ sequence, task }} from \"@rigkit/sdk\";\nlet node = task(\"t\", () => {{}});\nfor (let i = 0; i < {depth}; i += 1) node = sequence(\"s\").add(node);\nexport const app = sequence(\"app\").add(node);\n"
        )
    };
    let path = format!("{}t", "s.".repeat(150));
    check_paths(&nested(150), &[&path]);
    let project = TestProject::new(&nested(500));
    let problems = super::problems(&project);
    assert_eq!(
        problems[0].message,
        "nodes are nested deeper than 200 levels"
    );
}

#[test]
fn ten_thousand_tasks_in_a_chain_load() {
    let project = TestProject::new(
        "import { sequence } from \"@rigkit/sdk\";\nlet app = sequence(\"app\");\nfor (let i = 0; i < 10000; i += 1) app = app.task(`t${i}`, () => {});\nexport { app };\n",
    );
    assert_eq!(paths(&load(&project)).len(), 10_000);
}

/// Is a node of a random tree.
#[derive(Debug, Clone)]
enum Node {
    Task(String),
    Sequence(String, Vec<Node>),
    Parallel(Vec<(String, Node)>),
}

fn node() -> impl Strategy<Value = Node> {
    let name = "[abc]";
    let leaf = name.prop_map(Node::Task);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let sequence = (name, prop::collection::vec(inner.clone(), 0..4));
        let branches = prop::collection::btree_map(name, inner, 0..4);
        prop_oneof![
            sequence.prop_map(|(name, children)| Node::Sequence(name, children)),
            branches.prop_map(|branches| Node::Parallel(branches.into_iter().collect())),
        ]
    })
}

/// Writes a tree as calls.
fn written(node: &Node) -> String {
    match node {
        Node::Task(name) => format!("task(\"{name}\", run)"),
        Node::Sequence(name, children) => format!("sequence(\"{name}\"){}", calls(children)),
        Node::Parallel(branches) => format!("sequence(\"~\"){}", parallel(branches)),
    }
}

fn calls(children: &[Node]) -> String {
    children
        .iter()
        .map(|child| match child {
            Node::Parallel(branches) => parallel(branches),
            other => format!(".add({})", written(other)),
        })
        .collect()
}

fn parallel(branches: &[(String, Node)]) -> String {
    let branches: Vec<String> = branches
        .iter()
        .map(|(name, node)| format!("{name}: {}", written(node)))
        .collect();
    format!(".parallel({{ {} }})", branches.join(", "))
}

/// Is what the specification says of a tree: the paths in walk order, and before each task
/// the tasks directly before it.
#[derive(Default)]
struct Model {
    paths: Vec<String>,
    upstream: Vec<Vec<usize>>,
}

impl Model {
    /// Walks a node after some tasks and gives the tasks that it ends with.
    fn walk(
        &mut self,
        node: &Node,
        prefix: &str,
        branch: Option<&str>,
        before: Vec<usize>,
    ) -> Vec<usize> {
        match node {
            Node::Task(name) => {
                self.paths.push(format!("{prefix}{name}"));
                self.upstream.push(before);
                vec![self.paths.len() - 1]
            }
            Node::Sequence(name, children) if branch == Some(name) => {
                self.sequence(children, prefix, before)
            }
            Node::Sequence(name, children) => {
                self.sequence(children, &format!("{prefix}{name}."), before)
            }
            // A branch that is itself parallel is written as a sequence around it.
            Node::Parallel(branches) if branch.is_some() => {
                self.parallel(branches, &format!("{prefix}~."), before)
            }
            Node::Parallel(branches) => self.parallel(branches, prefix, before),
        }
    }

    fn sequence(&mut self, children: &[Node], prefix: &str, before: Vec<usize>) -> Vec<usize> {
        children.iter().fold(before, |before, child| {
            self.walk(child, prefix, None, before)
        })
    }

    fn parallel(
        &mut self,
        branches: &[(String, Node)],
        prefix: &str,
        before: Vec<usize>,
    ) -> Vec<usize> {
        if branches.is_empty() {
            return before;
        }
        let mut ends: Vec<usize> = branches
            .iter()
            .flat_map(|(name, node)| {
                self.walk(
                    node,
                    &format!("{prefix}{name}."),
                    Some(name),
                    before.clone(),
                )
            })
            .collect();
        ends.sort_unstable();
        ends.dedup();
        ends
    }

    fn has_duplicates(&self) -> bool {
        let mut paths = self.paths.clone();
        paths.sort();
        paths.windows(2).any(|pair| pair[0] == pair[1])
    }
}

/// Gives the tasks that a state directly came from.
fn ends(workflow: &Workflow, point: PointId) -> Vec<usize> {
    match &workflow.points[point.0] {
        Point::Start => Vec::new(),
        Point::After(task) => vec![task.0],
        Point::Join {
            incoming, branches, ..
        } if branches.is_empty() => ends(workflow, *incoming),
        Point::Join { branches, .. } => {
            let mut found: Vec<usize> = branches
                .iter()
                .flat_map(|(_, end)| ends(workflow, *end))
                .collect();
            found.sort_unstable();
            found.dedup();
            found
        }
    }
}

/// Gives the paths as they are or would be.
fn joined(workflow: &Workflow, renaming: Option<Renaming<'_>>) -> Vec<String> {
    let paths = workflow.path_parts(renaming);
    let joined = paths.iter().map(|parts| {
        let names: Vec<&str> = parts.iter().map(|part| &*part.name).collect();
        names.join(".")
    });
    joined.collect()
}

#[test]
fn paths_after_a_renaming_are_those_the_renamed_text_would_have() {
    let written = |task: &str, branch: &str| {
        TestProject::new(&format!(
            "import {{ sequence, task }} from \"@rigkit/sdk\";\nconst run = () => {{}};\nconst part = sequence(\"web\").task(\"{task}\", run);\nexport const app = sequence(\"app\").parallel({{ {branch}: part, api: part }});\n"
        ))
    };
    let before = load(&written("build", "web"));
    let workflow = &before.workflows[0];
    assert_eq!(paths(&before), ["web.build", "api.web.build"]);
    let parts = &workflow.path_parts(None)[0];
    for (index, after) in [
        (1, written("compile", "web")),
        (0, written("build", "site")),
    ] {
        let name = Arc::from(["site", "compile"][index]);
        let renaming = Renaming {
            parts: &parts[index..=index],
            name: &name,
        };
        assert_eq!(joined(workflow, Some(renaming)), paths(&load(&after)));
    }
}

#[test]
fn a_scope_knows_which_call_named_a_provider() {
    let project = TestProject::new(
        r#"import { host } from "@rigkit/provider-host";
import { workflow } from "@rigkit/sdk";
const run = () => {};
export const app = workflow("app", { providers: { host: host.provider() } }).sequence("app")
  .task("a", run)
  .addProvider("host", host.provider()).task("b", run)
  .removeProvider("host").task("c", run);
"#,
    );
    let definition = load(&project);
    let workflow = &definition.workflows[0];
    let line = |place: &Place| definition.range(place).map(|range| range.start.line);
    let named = workflow.tasks.iter().map(|task| {
        let scope = workflow.scope(task.scope);
        scope.provider_places.get("host").and_then(line)
    });
    assert_eq!(named.collect::<Vec<_>>(), [Some(4), Some(6), None]);
    let removal = &workflow.provider_removals[0];
    assert_eq!(&*removal.name, "host");
    assert_eq!(
        [&removal.place, &removal.named_at].map(line),
        [Some(7), Some(6)]
    );
}

fn config(children: &[Node]) -> String {
    format!(
        "import {{ sequence, task }} from \"@rigkit/sdk\";\nconst run = ({{ step }}) => ({{ ctx: {{ at: step.nodePath }} }});\nexport const app = sequence(\"root\"){};\n",
        calls(children)
    )
}

proptest! {
    #![proptest_config(Config { cases: 96, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_tree_is_walked_as_the_specification_says(children in prop::collection::vec(node(), 0..5)) {
        let mut model = Model::default();
        let end = model.sequence(&children, "", Vec::new());
        let project = TestProject::new(&config(&children));
        if model.has_duplicates() {
            let problems = super::problems(&project);
            prop_assert!(problems.iter().all(|problem| problem.code.as_str() == "duplicate-task"));
            return Ok(());
        }
        let definition = load(&project);
        let workflow = &definition.workflows[0];
        prop_assert_eq!(paths(&definition), model.paths);
        let upstream: Vec<Vec<usize>> = workflow.tasks.iter().map(|task| ends(workflow, task.after)).collect();
        prop_assert_eq!(&upstream, &model.upstream);
        prop_assert_eq!(joined(workflow, None), paths(&definition));
        let edges = edges(workflow);
        let from_edges: Vec<Vec<usize>> = (0..workflow.tasks.len())
            .map(|to| edges.iter().filter(|edge| edge.to == to).map(|edge| edge.from).collect())
            .collect();
        prop_assert_eq!(from_edges, upstream);
        prop_assert_eq!(ends(workflow, workflow.end), end);
        for (index, task) in workflow.tasks.iter().enumerate() {
            prop_assert_eq!(&workflow.points[task.point.0], &Point::After(rigkit_engine::definition::TaskIndex(index)));
            prop_assert!(task.after.0 < task.point.0, "points come before what follows them");
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 12, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_tree_is_applied_and_then_cached(children in prop::collection::vec(node(), 1..4)) {
        let mut model = Model::default();
        model.sequence(&children, "", Vec::new());
        let project = TestProject::new(&config(&children));
        let has_collision = children.iter().any(|node| matches!(node, Node::Parallel(_))) && model.paths.is_empty();
        prop_assume!(!model.has_duplicates() && !has_collision);
        match project.try_apply() {
            // Two forks one after the other may have branches of one name.
            Err(error) => prop_assert_eq!(error.code(), "branch-collision"),
            Ok(outcome) => {
                let plan = project.plan();
                prop_assert!(plan.is_settled());
                let runs: Vec<_> = plan.nodes.iter().map(|node| node.run_id.clone().unwrap()).collect();
                for (node, upstream) in plan.nodes.iter().zip(&model.upstream) {
                    let mut expected: Vec<_> = upstream.iter().map(|index| runs[*index].clone()).collect();
                    expected.sort();
                    prop_assert_eq!(&node.upstream_run_ids, &expected);
                }
                prop_assert_eq!(project.apply().context, outcome.context);
            }
        }
    }
}
