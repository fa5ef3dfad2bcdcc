//! What the editor and the terminal say of a project, in one form.

use jiff::Timestamp;
use regex::Regex;
use rigkit_engine::{
    plan::{NodeStatus, PlanNode, WorkflowPlan},
    wording::{failure::phrase as failed, reason::phrase},
};
use serde_json::Value;

use crate::{LanguageClient, Project, RigCommand};

/// What is said of a workflow of which nothing has to run.
const UP_TO_DATE: &str = "up to date";

/// What is said after the number of tasks that have to run.
const PENDING: &str = " pending";

/// What is said of a project, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said(pub(super) Vec<String>);

/// Returns what a terminal says.
///
/// # Panics
/// Where it says neither a plan nor an error.
pub(super) fn terminal(command: RigCommand) -> Said {
    let output = command.run();
    let document: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", output.transcript()));
    let Some(plans) = document["workflows"].as_array() else {
        return Said(vec![format!(
            "error {}",
            document["error"]["code"].as_str().unwrap()
        )]);
    };
    let lines = plans.iter().flat_map(|plan| {
        let plan: WorkflowPlan = serde_json::from_value(plan.clone()).unwrap();
        lines_of(&plan)
    });
    Said(lines.collect())
}

fn lines_of(plan: &WorkflowPlan) -> Vec<String> {
    let standing = standing(plan.up_to_date, plan.pending().count());
    let mut lines = vec![format!("{}: {standing}", plan.workflow)];
    let nodes = plan.nodes.iter();
    lines.extend(nodes.map(|node| {
        let state = state_of(node);
        format!("{} {}: {}", plan.workflow, node.path, without_ages(&state))
    }));
    lines
}

fn standing(is_up_to_date: bool, pending: usize) -> String {
    if is_up_to_date {
        UP_TO_DATE.to_owned()
    } else {
        format!("{pending}{PENDING}")
    }
}

/// Writes how a task stands in the words of a lens.
fn state_of(node: &PlanNode) -> String {
    let now = Timestamp::now();
    let state = match node.status {
        NodeStatus::Cached => return "✓ cached AGE ago".to_owned(),
        NodeStatus::Conditional => "◌ cached, unless a task before it changes".to_owned(),
        NodeStatus::Pending => format!("● {}", phrase(&node.reason, now)),
    };
    match &node.last_failure {
        Some(failure) => format!("{state}; {}", failed(failure, now)),
        None => state,
    }
}

/// Returns what the editor says. A task that failed is one that has to run: what the terminal says of it is
/// not what the editor remembers.
///
/// # Panics
/// Where it does not say it in the same words everywhere.
pub(super) fn editor(client: &mut LanguageClient, config: &str) -> Said {
    let told = client.diagnostics(config);
    let mut errors = told
        .iter()
        .chain(client.published())
        .filter(|told| told["severity"] == 1 && told["code"] != "task-failed");
    if let Some(error) = errors.next() {
        return Said(vec![format!("error {}", error["code"].as_str().unwrap())]);
    }
    let projects = client.request("rigkit/projects", &Value::Null).unwrap();
    let workflows = projects
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|project| project["workflows"].as_array().into_iter().flatten());
    let mut lines = Vec::new();
    for workflow in workflows {
        let name = workflow["name"].as_str().unwrap();
        let tasks: Vec<&Value> = workflow["tasks"].as_array().into_iter().flatten().collect();
        let has_to_run =
            |task: &&&Value| matches!(task["state"].as_str(), Some("pending" | "failed"));
        let is_up_to_date = workflow["isUpToDate"].as_bool().unwrap();
        let standing = standing(is_up_to_date, tasks.iter().filter(has_to_run).count());
        lines.push(format!("{name}: {standing}"));
        lines.extend(tasks.iter().map(|task| {
            let (path, text) = (task["path"].as_str(), task["text"].as_str());
            format!("{name} {}: {}", path.unwrap(), without_ages(text.unwrap()))
        }));
    }
    Said(lines)
}

impl Said {
    fn workflows(&self) -> usize {
        let lines = self.0.iter();
        lines
            .filter(|line| line.ends_with(PENDING) || line.ends_with(UP_TO_DATE))
            .count()
    }

    /// Returns whether it is that the config is wrong.
    pub(super) fn is_error(&self) -> bool {
        self.0
            .first()
            .is_some_and(|line| line.starts_with("error "))
    }

    /// Returns whether the editor says what the terminal says.
    pub(super) fn agrees_with(&self, terminal: &Self) -> bool {
        let says_the_same = |(editor, terminal): (&String, &String)| {
            let (_, state) = terminal.split_once(": ").unwrap_or_default();
            // The editor says how the last try ended, the terminal why there has to be another one.
            let has_failed = editor.contains(": ✗ failed") && state.starts_with('●');
            editor == terminal || has_failed
        };
        self.0.len() == terminal.0.len() && self.0.iter().zip(&terminal.0).all(says_the_same)
    }
}

/// Returns what the lenses of the config say that disagrees with what else the editor says.
pub(super) fn lenses_disagree(
    client: &mut LanguageClient,
    config: &str,
    said: &Said,
) -> Option<String> {
    let lenses = client.lenses(config);
    let applies = lenses.iter().filter_map(|(_, title)| match title.as_str() {
        "✓ up to date" => Some(0),
        title => title
            .strip_prefix("▶ apply (")?
            .strip_suffix(" pending)")?
            .parse::<usize>()
            .ok(),
    });
    let shown: Vec<usize> = applies.collect();
    // Those of workflows that are written in another file are there.
    if shown.len() != said.workflows() {
        return None;
    }
    let shown: usize = shown.iter().sum();
    let pending = said.0.iter().filter_map(|line| {
        let (_, count) = line.strip_suffix(PENDING)?.split_once(": ")?;
        count.parse::<usize>().ok()
    });
    let pending: usize = pending.sum();
    (shown != pending)
        .then(|| format!("{pending} tasks are pending, and the lenses are {lenses:?}"))
}

/// Takes out what a moment later is another one.
fn without_ages(text: &str) -> String {
    let age = Regex::new(r"\d+(ms|s|m|h|d| (second|minute|hour|day)s?) ago").unwrap();
    age.replace_all(text, "AGE ago").into_owned()
}

/// Prepares the plan of a terminal.
pub(super) fn plan(project: &Project) -> RigCommand {
    project.command("plan --json")
}
