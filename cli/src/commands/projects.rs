//! `rig projects`: the projects below this directory.

use std::path::{Path, PathBuf};

use rigkit_engine::{
    disk::DataFolder,
    display_text,
    project::{Project, ProjectError, find_projects},
};
use serde::Serialize;

use crate::{
    context::{Context, shown_path},
    failure::{Exit, Failure},
    output,
    style::{BAD, NAME, paint},
    styled_text::{Line, styled},
    table,
};

#[derive(Serialize)]
struct ProjectsDocument {
    projects: Vec<ProjectEntry>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ProjectEntry {
    Usable {
        root: PathBuf,
        config: PathBuf,
        applied: bool,
    },
    Broken {
        root: PathBuf,
        error: String,
    },
}

/// Lists projects.
pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    let projects: Vec<ProjectEntry> = find_projects(Path::new("."))
        .into_iter()
        .map(entry)
        .collect();
    if context.options.json {
        output::document(&ProjectsDocument { projects })?;
    } else if projects.is_empty() {
        output::note("there is no project at or below this directory; `rig init` makes one");
    } else {
        output::lines(&table::of(
            ["PROJECT", "CONFIG", "STATE"],
            projects.iter().map(row),
        ))?;
    }
    Ok(Exit::Done)
}

fn entry(project: Result<Project, ProjectError>) -> ProjectEntry {
    match project {
        Ok(project) => ProjectEntry::Usable {
            config: project.config_path(),
            applied: is_applied(&project),
            root: project.root,
        },
        Err(error) => ProjectEntry::Broken {
            root: error.place().to_path_buf(),
            error: error.to_string(),
        },
    }
}

fn is_applied(project: &Project) -> bool {
    let data_folder = DataFolder::open(&project.root).ok().flatten();
    let state = project.default_state_path();
    let state = state.file_name().map_or(state.as_path(), Path::new);
    data_folder.is_some_and(|folder| folder.status(state).is_ok())
}

fn row(project: &ProjectEntry) -> [Line; 3] {
    match project {
        ProjectEntry::Usable {
            root,
            config,
            applied,
        } => {
            let config = config.strip_prefix(root).unwrap_or(config);
            let state = if *applied { "applied" } else { "never applied" };
            [
                paint(NAME, shown_path(root)).into(),
                display_text::path(config).to_string().into(),
                state.into(),
            ]
        }
        ProjectEntry::Broken { root, error } => [
            paint(NAME, shown_path(root)).into(),
            styled![],
            paint(BAD, error).into(),
        ],
    }
}
