//! Tells the client what is new of a project: by diagnostics for those that do not ask for them,
//! and by asking the others to ask again.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tower_lsp::ls_types::Uri;

use crate::{
    requests::{
        diagnostic,
        events::{StateChanged, StateChangedParams},
    },
    server::Server,
    view::ProjectView,
};

/// Remembers what was published, so that nothing stays that is over.
#[derive(Default)]
pub(crate) struct Published {
    documents: Mutex<HashMap<Uri, Told>>,
}

/// Is what a client was told of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    root: PathBuf,
    version: Option<i32>,
    is_empty: bool,
}

impl Server {
    /// Tells the client what is new of a project.
    pub(crate) async fn publish(self: &Arc<Self>, root: &Path, must_refresh: bool) {
        let Some(view) = self.world.lock().project_view(root) else {
            return;
        };
        let server = Arc::clone(self);
        // What goes wrong in it is in the log.
        let _ = self.run(move || server.push_diagnostics(&view)).await;
        self.tell_of_state(root, must_refresh);
    }

    /// Takes back what the client was told of projects that were let go of.
    pub(crate) fn tell_of_closed_projects(self: &Arc<Self>) {
        let (closed, editor) = {
            let mut world = self.world.lock();
            (world.take_closed(), world.view())
        };
        for project in &closed {
            self.unpublish_project(&project.project.root);
            if editor.settings.events
                && let Some(config) = editor.config_uri(&project.config, &project.project)
            {
                self.outbox
                    .notify::<StateChanged>(StateChangedParams { config });
            }
        }
        if !closed.is_empty() {
            self.refresh_everything();
        }
    }

    /// Publishes what is known of a project now.
    pub(crate) async fn push_diagnostics_of(self: &Arc<Self>, root: &Path) {
        let Some(view) = self.world.lock().project_view(root) else {
            return;
        };
        let server = Arc::clone(self);
        // What goes wrong in it is in the log.
        let _ = self.run(move || server.push_diagnostics(&view)).await;
    }

    /// Publishes the diagnostics of every document of a project, unless its text has changed
    /// again: then they will follow.
    fn push_diagnostics(&self, view: &ProjectView) {
        if view.now.text != view.snapshot.moment.text {
            return;
        }
        let mut diagnostics = if view.editor.features.pulls_diagnostics {
            diagnostic::of_closed_files(view, &self.documentation)
        } else {
            diagnostic::of_project(view, &self.documentation)
        };
        let mut published = self
            .published
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let root = view.root();
        let earlier = published
            .iter()
            .filter(|(_, told)| told.root == root && !told.is_empty);
        for (uri, _) in earlier {
            diagnostics.entry(uri.clone()).or_default();
        }
        for (uri, diagnostics) in diagnostics {
            let document = view
                .editor
                .documents
                .values()
                .find(|document| document.uri == uri);
            let told = Told {
                root: root.to_owned(),
                version: document.map(|document| document.version),
                is_empty: diagnostics.is_empty(),
            };
            if !diagnostics.is_empty() || published.get(&uri) != Some(&told) {
                self.outbox.publish(uri.clone(), diagnostics, told.version);
                published.insert(uri, told);
            }
        }
    }

    /// Takes back what was published of a project.
    fn unpublish_project(&self, root: &Path) {
        let mut published = self
            .published
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let of_project = published.extract_if(|_, told| told.root == root);
        for (uri, _) in of_project.filter(|(_, told)| !told.is_empty) {
            self.outbox.publish(uri, Vec::new(), None);
        }
    }

    /// Takes back what was published of a document that is closed.
    pub(crate) fn unpublish(&self, uri: &Uri) {
        let mut published = self
            .published
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if published.remove(uri).is_some_and(|told| !told.is_empty) {
            self.outbox.publish(uri.clone(), Vec::new(), None);
        }
    }
}
