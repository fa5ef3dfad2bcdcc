//! What holds of the walk whatever the shape of a workflow.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use rigkit_engine::{
    ApplyRequest,
    event::Event,
    graph::edges,
    plan::{NodeStatus, PlanNode},
};
use serde_json::{Value, json};

use crate::support::TestProject;

/// A workflow whose tree the environment gives.
const FIXTURE: &str = r#"
import { sequence, workflow } from "@rigkit/sdk";
const options = JSON.parse(process.env.OPTIONS ?? "{}");
const add = (start, child) => {
  if (child.task) return start.task(child.task, options[child.task] ?? {}, () => {});
  if (child.sequence) return start.add(build(sequence(child.sequence), child.children));
  const branches = child.branches.map(([name, children]) => [name, build(sequence(name), children)]);
  return start.parallel(Object.fromEntries(branches));
};
const build = (start, children) => children.reduce(add, start);
export const app = build(workflow("app").sequence("app"), JSON.parse(process.env.TREE));
"#;

/// Is a node of a tree; names are given when it is written, so that all differ.
#[derive(Debug, Clone)]
enum Node {
    Task,
    Sequence(Vec<Node>),
    Parallel(Vec<Vec<Node>>),
}

fn nodes() -> impl Strategy<Value = Vec<Node>> {
    let node = Just(Node::Task).prop_recursive(3, 14, 3, |inner| {
        let children = prop::collection::vec(inner, 0..4);
        prop_oneof![
            2 => Just(Node::Task),
            1 => children.clone().prop_map(Node::Sequence),
            2 => prop::collection::vec(children, 1..4).prop_map(Node::Parallel),
        ]
    });
    prop::collection::vec(node, 0..5)
}

/// Names the nodes of a tree and finds out which tasks have run before which.
#[derive(Default)]
struct Written {
    count: usize,
    before: BTreeMap<String, BTreeSet<String>>,
}

impl Written {
    fn name(&mut self, letter: char) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    /// Writes nodes that come one after the other; `done` are the tasks before and then after.
    fn children(&mut self, nodes: &[Node], done: &mut BTreeSet<String>) -> Value {
        nodes.iter().map(|node| self.node(node, done)).collect()
    }

    fn node(&mut self, node: &Node, done: &mut BTreeSet<String>) -> Value {
        match node {
            Node::Task => {
                let name = self.name('t');
                self.before.insert(name.clone(), done.clone());
                done.insert(name.clone());
                json!({ "task": name })
            }
            Node::Sequence(nodes) => {
                json!({ "sequence": self.name('s'), "children": self.children(nodes, done) })
            }
            Node::Parallel(branches) => {
                let start = done.clone();
                let branches = branches.iter().map(|nodes| {
                    let mut branch = start.clone();
                    let written = json!([self.name('b'), self.children(nodes, &mut branch)]);
                    done.extend(branch);
                    written
                });
                json!({ "branches": branches.collect::<Value>() })
            }
        }
    }

    fn descendants(&self, task: &str) -> BTreeSet<String> {
        let after = self
            .before
            .iter()
            .filter(|(_, before)| before.contains(task));
        after.map(|(name, _)| name.clone()).collect()
    }
}

fn written(nodes: &[Node]) -> (Written, TestProject) {
    let mut written = Written::default();
    let tree = written.children(nodes, &mut BTreeSet::new());
    let project = TestProject::new(FIXTURE).with_env("TREE", &tree.to_string());
    (written, project)
}

/// Applies a project and gives the names of the tasks that ran, as they began.
fn started(project: &TestProject) -> Vec<String> {
    let (result, recording) = project.apply_with(&ApplyRequest::default());
    result.unwrap();
    let events = recording.events().into_iter();
    let started = events.filter_map(|event| match event {
        Event::NodeStarted { node_path } => Some(node_path),
        _ => None,
    });
    started
        .map(|path| path.rsplit('.').next().unwrap().to_owned())
        .collect()
}

fn pending(project: &TestProject) -> BTreeSet<String> {
    let nodes = project.plan().nodes.into_iter();
    nodes
        .filter(|node| node.status != NodeStatus::Cached)
        .map(|node| node.name)
        .collect()
}

/// Follows each cause of a plan along the edges, and counts what it reaches for certain and perhaps.
fn followed(project: &TestProject, cutoff: &BTreeSet<String>) -> Vec<(usize, usize, usize)> {
    let definition = project.engine().definition().unwrap();
    let edges = edges(&definition.workflows[0]);
    let plan = project.plan();
    let causes = plan.nodes.iter().filter(|node| node.is_cause());
    let follow = |cause: &PlanNode| {
        let mut reached = BTreeSet::new();
        let mut left = vec![(cause.index, true)];
        while let Some((index, is_certain)) = left.pop() {
            let node = &plan.nodes[index];
            let passes_on = match node.status {
                NodeStatus::Pending => is_certain && !cutoff.contains(&node.name),
                _ => is_certain,
            };
            let next = edges.iter().filter(|edge| edge.from == index);
            left.extend(
                next.map(|edge| (edge.to, passes_on))
                    .filter(|step| reached.insert(*step)),
            );
        }
        let consequences = plan.nodes.iter().filter(|node| !node.is_cause());
        let is_after = |node: &&PlanNode, is_certain| reached.contains(&(node.index, is_certain));
        let is_pending = |node: &PlanNode| node.status == NodeStatus::Pending;
        let (certain, others): (Vec<_>, Vec<_>) =
            consequences.partition(|node| is_after(node, true) && is_pending(node));
        let perhaps = others
            .iter()
            .filter(|node| is_after(node, true) || is_after(node, false));
        (cause.index, certain.len(), perhaps.count())
    };
    causes.map(follow).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_task_is_visited_once_and_after_all_before_it(nodes in nodes()) {
        let (written, project) = written(&nodes);
        let all: BTreeSet<String> = written.before.keys().cloned().collect();
        prop_assert_eq!(&pending(&project), &all);
        let ran = started(&project);
        prop_assert_eq!(ran.len(), all.len());
        prop_assert_eq!(&ran.iter().cloned().collect::<BTreeSet<_>>(), &all);
        for (place, task) in ran.iter().enumerate() {
            let earlier: BTreeSet<String> = ran[..place].iter().cloned().collect();
            prop_assert!(written.before[task].is_subset(&earlier), "{} in {:?}", task, ran);
        }
        prop_assert!(pending(&project).is_empty());
        prop_assert!(started(&project).is_empty());
    }

    #[test]
    fn each_cause_counts_all_that_follows_it(
        nodes in nodes(),
        kinds in prop::collection::vec(0..5_u8, 20),
    ) {
        let (written, mut project) = written(&nodes);
        let named: Vec<(&String, u8)> = written.before.keys().zip(kinds.iter().copied().cycle()).collect();
        let cutoff: BTreeSet<String> =
            named.iter().filter(|(_, kind)| matches!(kind, 1..=3)).map(|(name, _)| (*name).clone()).collect();
        let options = |version: &str| {
            let options = named.iter().map(|(name, kind)| {
                let options = match kind {
                    1 => json!({ "cutoff": true }),
                    2 => json!({ "cutoff": true, "version": version }),
                    3 => json!({ "cutoff": true, "cacheTTL": 0 }),
                    4 => json!({ "version": version }),
                    _ => json!({}),
                };
                ((*name).clone(), options)
            });
            Value::Object(options.collect()).to_string()
        };
        project = project.with_env("OPTIONS", &options("1"));
        started(&project);
        project = project.with_env("OPTIONS", &options("2"));
        let plan = project.plan();
        let counted: Vec<_> = plan
            .causes
            .iter()
            .map(|cause| (cause.index, cause.pending_after, cause.conditional_after))
            .collect();
        prop_assert_eq!(counted, followed(&project, &cutoff));
        let counts = [plan.cached_node_count, plan.pending_node_count, plan.conditional_node_count];
        prop_assert_eq!(counts.iter().sum::<usize>(), plan.node_count);
    }

    #[test]
    fn invalidating_a_task_reaches_it_and_what_descends_from_it(
        nodes in nodes(),
        chosen in any::<prop::sample::Index>(),
    ) {
        let (written, project) = written(&nodes);
        prop_assume!(!written.before.is_empty());
        let tasks: Vec<String> = written.before.keys().cloned().collect();
        let task = chosen.get(&tasks).clone();
        started(&project);
        project.engine().invalidate(None, std::slice::from_ref(&task)).unwrap();
        let mut expected = written.descendants(&task);
        expected.insert(task);
        prop_assert_eq!(&pending(&project), &expected);
        prop_assert_eq!(&started(&project).into_iter().collect::<BTreeSet<_>>(), &expected);
        prop_assert!(pending(&project).is_empty());
    }
}
