//! `workspace/didChangeWorkspaceFolders`: folders came or went.

use std::{path::PathBuf, sync::Arc};

use rigkit_engine::project::{Project, find_projects};
use tower_lsp::ls_types::{DidChangeWorkspaceFoldersParams, WorkspaceFolder};

use crate::{location::path_of, server::Server};

impl Server {
    /// Takes up the projects of new folders, and lets go of those of folders that went.
    pub(crate) fn did_change_workspace_folders(
        self: &Arc<Self>,
        parameters: &DidChangeWorkspaceFoldersParams,
    ) {
        let removed = paths(&parameters.event.removed);
        let added = paths(&parameters.event.added);
        {
            let mut world = self.world.lock();
            world.unpin_below(&removed);
            world
                .folders
                .retain(|folder| !removed.contains(folder) && !added.contains(folder));
            world.folders.extend(added.iter().cloned());
        }
        self.tell_of_closed_projects();
        self.find_projects_in(added);
    }

    /// Looks for projects below folders, so that they are known before one of their files is
    /// opened.
    pub(crate) fn find_projects_in(self: &Arc<Self>, folders: Vec<PathBuf>) {
        let server = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let projects = folders.iter().flat_map(|folder| find_projects(folder));
            for project in projects.filter_map(Result::ok) {
                server.take_up_pinned(project);
            }
        });
    }

    /// Takes up a project that is kept although none of its files is open.
    pub(crate) fn take_up_pinned(self: &Arc<Self>, project: Project) {
        let root = project.root.clone();
        let is_new = self.world.lock().pin_project(project);
        if is_new {
            self.watch.project(self, &root);
            self.take_up(root);
        }
    }
}

/// Gives the paths of folders.
pub(crate) fn paths(folders: &[WorkspaceFolder]) -> Vec<PathBuf> {
    folders
        .iter()
        .filter_map(|folder| path_of(&folder.uri))
        .collect()
}
