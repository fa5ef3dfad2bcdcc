//! `rig trust`: decides that code of a project may run, takes that back, and lists what was
//! decided.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rigkit_engine::{
    EngineError, display_text,
    project::Project,
    trust::{Decision, FolderFate, Recorded, Subject, TrustError},
    wording::time::age,
};
use serde::Serialize;

use crate::{
    arguments::{TrustCommand, TrustOptions},
    context::Context,
    failure::{Exit, Failure},
    output,
    style::{FAINT, GOOD, NAME, PENDING, paint},
    styled_text::{Line, styled},
    table,
};

/// A decision that is on record, as a document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordedDocument {
    #[serde(flatten)]
    decision: Decision,
    is_new: bool,
}

#[derive(Serialize)]
struct OwnersDocument {
    decisions: Vec<RecordedDocument>,
}

#[derive(Serialize)]
struct DecisionsDocument {
    decisions: Vec<ListedDecision>,
}

#[derive(Serialize)]
struct ListedDecision {
    #[serde(flatten)]
    decision: Decision,
    fate: FolderFate,
}

#[derive(Serialize)]
struct RevokedDocument {
    revoked: Vec<Decision>,
}

impl From<Recorded> for RecordedDocument {
    fn from(recorded: Recorded) -> Self {
        Self {
            decision: recorded.decision,
            is_new: recorded.is_new,
        }
    }
}

/// Does what `rig trust` was told.
pub(super) fn run(options: &TrustOptions, context: &Context) -> Result<Exit, Failure> {
    let directory = options.directory.as_deref().unwrap_or(Path::new("."));
    match options.command {
        Some(TrustCommand::Ls) => list(context)?,
        None if options.revoke => revoke(directory, context)?,
        None if options.owner => accept_owners(directory, context)?,
        None => trust(directory, context)?,
    }
    Ok(Exit::Done)
}

fn trust(directory: &Path, context: &Context) -> Result<(), Failure> {
    let project = Project::find(directory).map_err(EngineError::from)?;
    let store = context.decisions.store();
    let recorded = store.trust(&project.root, "rig trust").map_err(failure)?;
    if context.options.json {
        return output::document(&RecordedDocument::from(recorded));
    }
    let since = if recorded.is_new {
        "from now on".to_owned()
    } else {
        since(&recorded.decision)
    };
    let folder = shown(&recorded.decision);
    let told = format!(
        "`{folder}` is trusted {since}: its code may run, and `rig plan` asks its providers"
    );
    output::lines(&[told.into()])
}

fn accept_owners(directory: &Path, context: &Context) -> Result<(), Failure> {
    let store = context.decisions.store();
    let recorded = store.accept_owners(directory, "rig trust --owner");
    let recorded = recorded.map_err(failure)?;
    if context.options.json {
        let decisions = recorded.into_iter().map(RecordedDocument::from).collect();
        return output::document(&OwnersDocument { decisions });
    }
    let lines: Vec<Line> = recorded
        .iter()
        .map(|recorded| {
            let Decision { subject, .. } = &recorded.decision;
            let folder = shown(&recorded.decision);
            let files = described(*subject);
            styled![files, " in `", folder, "` and below it are read"]
        })
        .collect();
    output::lines(&lines)
}

fn revoke(directory: &Path, context: &Context) -> Result<(), Failure> {
    let store = context.decisions.store();
    let mut revoked = Vec::new();
    for path in revocable(directory)? {
        revoked.extend(store.revoke(&path).map_err(failure)?);
    }
    if context.options.json {
        return output::document(&RevokedDocument { revoked });
    }
    if revoked.is_empty() {
        output::note("nothing was decided about this folder");
        return Ok(());
    }
    let lines: Vec<Line> = revoked
        .iter()
        .map(|decision| match (decision.subject, shown(decision)) {
            (Subject::Code, folder) => styled!["`", folder, "` is not trusted any more"],
            (subject @ Subject::Owner { .. }, folder) => {
                styled![
                    described(subject),
                    " in `",
                    folder,
                    "` are not read any more"
                ]
            }
        })
        .collect();
    output::lines(&lines)
}

/// Returns the paths that may be meant: the folder, which may be gone, and that of the project it
/// is in.
#[expect(
    clippy::disallowed_methods,
    reason = "the path is what the person has named, and nothing of it is read"
)]
fn revocable(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folder = match directory.canonicalize() {
        Ok(folder) => folder,
        Err(_) => std::path::absolute(directory).map_err(Failure::file("find", directory))?,
    };
    let project = Project::find(&folder).ok().map(|project| project.root);
    let project = project.filter(|root| *root != folder);
    Ok(std::iter::once(folder).chain(project).collect())
}

fn list(context: &Context) -> Result<(), Failure> {
    let record = context.decisions.store().read().map_err(failure)?;
    let listed = record.decisions().iter().map(|decision| ListedDecision {
        fate: decision.folder.fate(),
        decision: decision.clone(),
    });
    let decisions: Vec<ListedDecision> = listed.collect();
    if context.options.json {
        return output::document(&DecisionsDocument { decisions });
    }
    if decisions.is_empty() {
        output::note("no folder is trusted yet; `rig trust` trusts the project of this one");
        return Ok(());
    }
    let now = Timestamp::now();
    let rows = decisions.iter().map(|listed| row(listed, now));
    output::lines(&table::of(
        ["FOLDER", "TRUSTED", "STATE", "AGE", "BY"],
        rows,
    ))
}

fn row(listed: &ListedDecision, now: Timestamp) -> [Line; 5] {
    let decision = &listed.decision;
    let state = match listed.fate {
        FolderFate::Present => paint(GOOD, "in force"),
        FolderFate::Replaced => paint(PENDING, "another folder is there"),
        FolderFate::Gone => paint(FAINT, "gone"),
    };
    [
        paint(NAME, shown(decision)).into(),
        described(decision.subject).into(),
        state.into(),
        age(decision.at, now).into(),
        decision.by.as_str().into(),
    ]
}

fn described(subject: Subject) -> String {
    match subject {
        Subject::Code => "code".to_owned(),
        Subject::Owner { owner } => format!("files of user {owner}"),
    }
}

/// Returns since when and by which command a folder is trusted.
fn since(decision: &Decision) -> String {
    let at = decision.at;
    format!("since {at:.0}, by `{}`", decision.by)
}

fn shown(decision: &Decision) -> String {
    display_text::path(&decision.folder.path).to_string()
}

fn failure(error: TrustError) -> Failure {
    EngineError::from(error).into()
}
