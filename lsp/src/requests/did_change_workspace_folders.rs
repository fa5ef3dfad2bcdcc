//! `workspace/didChangeWorkspaceFolders`: folders came or went.

use std::{path::PathBuf, sync::Arc};

use rigkit_engine::project::find_projects;
use tower_lsp::ls_types::{DidChangeWorkspaceFoldersParams, WorkspaceFolder};

use crate::{location::path_of, server::Server};

impl Server {
    /// Takes up the projects of new folders, and lets go of those of folders that went.
    pub(crate) fn did_change_workspace_folders(
        self: &Arc<Self>,
        parameters: &DidChangeWorkspaceFoldersParams,
    ) {
        let removed = paths(&parameters.event.removed);
        self.world.lock().unpin_below(&removed);
        self.find_projects_in(paths(&parameters.event.added));
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

    fn take_up_pinned(self: &Arc<Self>, project: rigkit_engine::project::Project) {
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
