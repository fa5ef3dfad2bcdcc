//! The page that explains tasks: what matters on two screens, and everything that is known under a link.

use jiff::Timestamp;
use rigkit_engine::{
    CachedRun, CachedRunStatus, ComponentChange, ComponentStatus, ExplainedCause, TaskExplanation,
    wording::{
        failure::phrase as failed,
        reason::{Change, changes, phrase},
        time::{age, duration},
    },
};

use serde_json::Value;

use crate::{
    markdown::{Markdown, code, markdown, text_block, wording},
    pages::Page,
};

/// The most changes of one task that a page shows.
const MOST_CHANGES: usize = 10;

/// The most runs and parts of an identity that a page shows.
const MOST_ITEMS: usize = 12;

/// The most tasks that a page shows one by one, and the most changes of each.
const MOST_TASKS: (usize, usize) = (12, 2);

/// The most characters of a value or a name on a page.
const MOST_OF_A_VALUE: usize = 60;

/// The explanation of some tasks.
pub(super) struct Explanation<'a> {
    tasks: &'a [TaskExplanation],
    /// What they are, of which the names of the documents are made.
    subject: &'a str,
    now: Timestamp,
}

impl<'a> Explanation<'a> {
    /// Explains tasks.
    pub(super) fn new(tasks: &'a [TaskExplanation], subject: &'a str) -> Self {
        Self {
            tasks,
            subject,
            now: Timestamp::now(),
        }
    }

    /// Returns the title of the page.
    pub(super) fn page_title(&self) -> String {
        format!("explain-{}", self.subject)
    }

    /// Returns the title of the document with everything.
    pub(super) fn whole_title(&self) -> String {
        format!("whole-{}", self.subject)
    }

    /// Returns what fits on two screens.
    pub(super) fn page(&self) -> String {
        let sections = match self.tasks {
            [] => vec![markdown!["# Every task is cached"]],
            [task] => self.page_of(task),
            tasks => self.page_of_several(tasks),
        };
        let link = Page {
            title: &self.whole_title(),
            extension: "md",
            text: "",
        };
        let link = Markdown::link("Everything that is known", &link.file_name());
        let sections = [sections, vec![link]].concat();
        Markdown::join(&sections, "\n\n").into_text() + "\n"
    }

    /// Returns everything that is known.
    pub(super) fn whole(&self) -> String {
        let sections: Vec<Markdown> = self
            .tasks
            .iter()
            .flat_map(|task| self.whole_of(task))
            .collect();
        Markdown::join(&sections, "\n\n").into_text() + "\n"
    }

    /// Returns what is said in a message where no page can be shown.
    pub(super) fn summary(&self) -> String {
        let (shown, _) = MOST_TASKS;
        let mut lines: Vec<String> = self
            .tasks
            .iter()
            .take(shown)
            .map(|task| {
                let node = &task.node;
                format!("{}: {}", short(&node.path), phrase(&node.reason, self.now))
            })
            .collect();
        match self.tasks {
            [] => lines.push("every task is cached".to_owned()),
            [task] => lines.extend(
                changes(&task.node.reason)
                    .iter()
                    .take(MOST_CHANGES)
                    .map(short_change),
            ),
            tasks if tasks.len() > shown => lines.push(format!("and {} more", tasks.len() - shown)),
            _ => {}
        }
        lines.join("\n")
    }

    fn page_of(&self, task: &TaskExplanation) -> Vec<Markdown> {
        let parts = task.components.iter().map(part).collect();
        let runs = task.history.iter().map(|run| self.run(run)).collect();
        let sections = [
            Some(heading("# ", &task.node.path)),
            Some(markdown!["Workflow ", code(&short(&task.workflow))]),
            Some(self.why(task, "## ", MOST_CHANGES)),
            list("## What it is told apart by", parts, MOST_ITEMS),
            list("## Its last runs", runs, MOST_ITEMS),
        ];
        sections.into_iter().flatten().collect()
    }

    fn page_of_several(&self, tasks: &[TaskExplanation]) -> Vec<Markdown> {
        let (shown, most_changes) = MOST_TASKS;
        let count = tasks.len().to_string();
        let mut sections = vec![markdown!["# ", count, " tasks are not cached"]];
        for task in tasks.iter().take(shown) {
            sections.push(heading("## ", &task.node.path));
            sections.push(self.reason(task, most_changes));
        }
        if tasks.len() > shown {
            sections.push(Markdown::from(format!("and {} more", tasks.len() - shown)));
        }
        sections
    }

    fn why(&self, task: &TaskExplanation, level: &'static str, most_changes: usize) -> Markdown {
        markdown![
            Markdown::fixed(level),
            "Why\n\n",
            self.reason(task, most_changes)
        ]
    }

    fn reason(&self, task: &TaskExplanation, most_changes: usize) -> Markdown {
        let mut reason = wording(&sentence(&phrase(&task.node.reason, self.now)));
        match task.causes.as_slice() {
            [cause] => reason.push(markdown![", because of ", self.cause(cause)]),
            causes => {
                let causes = causes.iter().map(|cause| self.cause(cause)).collect();
                if let Some(items) = items_of(causes, most_changes) {
                    reason.push(markdown![", because of\n\n", items]);
                }
            }
        }
        if let Some(failure) = &task.node.last_failure {
            reason.push(markdown![
                "\n\n",
                wording(&sentence(&failed(failure, self.now)))
            ]);
        }
        let changes = changes(&task.node.reason);
        let items = changes.iter().map(|change| code(&short_change(change)));
        if let Some(items) = items_of(items.collect(), most_changes) {
            reason.push(markdown!["\n\n", items]);
        }
        reason
    }

    fn cause(&self, cause: &ExplainedCause) -> Markdown {
        let why = wording(&phrase(&cause.node.reason, self.now));
        markdown![code(&short(&cause.node.path)), ": ", why]
    }

    fn run(&self, run: &CachedRun) -> Markdown {
        let when = age(run.created_at, self.now);
        let took = duration(run.duration_ms);
        Markdown::from(format!("{when} ago: {}, took {took}", status(run.status)))
    }

    fn whole_of(&self, task: &TaskExplanation) -> Vec<Markdown> {
        let mut sections = vec![
            heading("# ", &task.node.path),
            markdown!["Workflow ", code(&task.workflow)],
            self.why(task, "## ", usize::MAX),
        ];
        for change in changes(&task.node.reason) {
            let values = [change.old.as_deref(), change.new.as_deref()];
            sections.extend(values_of("### ", &change.name, values));
        }
        for component in &task.components {
            let values = [component.old.as_deref(), component.new.as_deref()];
            sections.push(markdown!["## ", part(component)]);
            sections.extend(
                values_of("### ", &component.name, values)
                    .into_iter()
                    .skip(1),
            );
        }
        let runs = task.history.iter().map(|run| {
            let when = Markdown::from(run.created_at.to_string());
            markdown![
                when,
                ", ",
                self.run(run),
                ", run ",
                code(&run.id.to_string())
            ]
        });
        sections.extend(list("## Its last runs", runs.collect(), usize::MAX));
        sections
    }
}

fn heading(level: &'static str, name: &str) -> Markdown {
    markdown![Markdown::fixed(level), code(&short(name))]
}

/// Shows what something was and what it is, as far as that can be printed.
fn values_of(level: &'static str, name: &str, [old, new]: [Option<&str>; 2]) -> Vec<Markdown> {
    let block = |title: &'static str, value: &str| {
        markdown![Markdown::fixed(title), "\n\n", text_block(&laid_out(value))]
    };
    let mut sections = vec![markdown![Markdown::fixed(level), code(name)]];
    match (old, new) {
        (Some(old), Some(new)) if old == new => sections.push(block("It is", new)),
        (old, new) => {
            sections.extend(old.map(|old| block("It was", old)));
            sections.extend(new.map(|new| block("It is", new)));
        }
    }
    sections
}

/// Lays out what is an object or array on as many lines as it has members.
fn laid_out(value: &str) -> String {
    let parsed: Option<Value> = serde_json::from_str(value).ok();
    let parsed = parsed.filter(|value| value.is_object() || value.is_array());
    let pretty = parsed.and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| value.to_owned())
}

fn list(title: &'static str, items: Vec<Markdown>, most: usize) -> Option<Markdown> {
    let items = items_of(items, most)?;
    Some(markdown![Markdown::fixed(title), "\n\n", items])
}

fn items_of(mut items: Vec<Markdown>, most: usize) -> Option<Markdown> {
    let left_out = items.len().saturating_sub(most);
    items.truncate(most);
    if left_out > 0 {
        items.push(Markdown::from(format!("and {left_out} more")));
    }
    let items: Vec<Markdown> = items
        .into_iter()
        .map(|item| markdown!["- ", item])
        .collect();
    (!items.is_empty()).then(|| Markdown::join(&items, "\n"))
}

fn part(component: &ComponentChange) -> Markdown {
    let standing = match component.status {
        ComponentStatus::Same => "the same",
        ComponentStatus::Changed => "changed",
        ComponentStatus::New => "nothing to compare with",
        ComponentStatus::Unknown => "known once the tasks before it have run",
    };
    markdown![component.name.as_str(), ": ", Markdown::fixed(standing)]
}

fn status(status: CachedRunStatus) -> &'static str {
    match status {
        CachedRunStatus::Valid => "valid",
        CachedRunStatus::Stale => "stale",
        CachedRunStatus::Invalidated => "invalidated",
        CachedRunStatus::Superseded => "superseded",
        CachedRunStatus::Orphaned => "orphaned",
    }
}

fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first = characters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(characters).collect()
}

fn short_change(change: &Change) -> String {
    let cut = |value: &Option<String>| value.as_deref().map(short);
    let shown = Change {
        name: short(&change.name),
        old: cut(&change.old),
        new: cut(&change.new),
        place: change.place.clone(),
    };
    shown.to_string()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(MOST_OF_A_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
