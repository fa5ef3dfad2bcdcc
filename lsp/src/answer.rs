//! How requests are answered: off the server's task, with a panic kept to the request.

use std::{future::Future, panic::AssertUnwindSafe, path::Path, sync::Arc, time::Duration};

use futures_util::FutureExt as _;
use tower_lsp::{
    jsonrpc::{Error, ErrorCode, Result},
    ls_types::{MessageType, Uri},
};

use crate::{
    document::Document,
    open_project::{Moment, OpenProject},
    safe_to_show::{SafeToShow, safe},
    server::Server,
    view::{ProjectView, View},
};

/// How long an answer may wait for an evaluation that would make it right at once, rather than
/// be corrected after.
const BRIEFLY: Duration = Duration::from_millis(100);

/// How long the answer to a command may wait until what it changed is seen.
const NEWS_PATIENCE: Duration = Duration::from_secs(2);

impl Server {
    /// Answers a request about a place in a document as the document is now.
    pub(crate) async fn answer_at_once<T: SafeToShow + Send + 'static>(
        &self,
        uri: &Uri,
        answer: impl FnOnce(&ProjectView, &Arc<Document>) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let Some((document, view)) = self.see(uri) else {
            return Ok(None);
        };
        self.run(move || safe(answer(&view, &document))).await
    }

    /// Answers a request about a whole document, if possible with what is known of its newest
    /// text.
    pub(crate) async fn answer_briefly<T: SafeToShow + Send + 'static>(
        &self,
        uri: &Uri,
        answer: impl FnOnce(&ProjectView, &Arc<Document>) -> Option<T> + Send + 'static,
    ) -> Result<Option<T>> {
        let Some((_, view)) = self.see(uri) else {
            return Ok(None);
        };
        let is_current = self.wait_for(view.root(), view.now);
        if tokio::time::timeout(BRIEFLY, is_current).await.is_err()
            && let Some(project) = self.world.lock().project_mut(view.root())
        {
            project.answered_early();
        }
        self.answer_at_once(uri, answer).await
    }

    /// Waits until what a run has changed in a project has been evaluated, but not for long.
    pub(crate) async fn wait_for_news(&self, root: &Path) {
        let now = self.world.lock().project(root).map(OpenProject::now);
        if let Some(now) = now {
            // Whoever is told of it later is told that it is new.
            let _ = tokio::time::timeout(NEWS_PATIENCE, self.wait_for(root, now)).await;
        }
    }

    /// Waits until what had happened in a project by a moment has been evaluated, or the project
    /// is closed.
    pub(crate) fn wait_for(&self, root: &Path, moment: Moment) -> impl Future<Output = ()> + use<> {
        let world = self.world.lock();
        let evaluated = world
            .project(root)
            .map(|project| project.evaluated.subscribe());
        async move {
            if let Some(mut evaluated) = evaluated {
                // The one who tells is gone when the project is closed.
                let _ = evaluated
                    .wait_for(|evaluated| evaluated.includes(moment))
                    .await;
            }
        }
    }

    /// Gives a document and the project it belongs to.
    pub(crate) fn see(&self, uri: &Uri) -> Option<(Arc<Document>, ProjectView)> {
        let world = self.world.lock();
        let document = Arc::clone(world.document(uri)?);
        let root = world.projects_of(&document.path).into_iter().next()?;
        Some((document, world.project_view(&root)?))
    }

    /// Gives a document, whether it belongs to a project or not.
    pub(crate) fn see_document(&self, uri: &Uri) -> Option<(Arc<Document>, View)> {
        let world = self.world.lock();
        Some((Arc::clone(world.document(uri)?), world.view()))
    }

    /// Works on a thread that may take its time.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        match tokio::task::spawn_blocking(work).await {
            Ok(answer) => Ok(answer),
            Err(error) => Err(self.report_panic(&error.to_string())),
        }
    }

    /// Keeps a panic of a handler that works on the server's own task to that handler.
    pub(crate) async fn guarded<T>(&self, handler: impl Future<Output = Result<T>>) -> Result<T> {
        match AssertUnwindSafe(handler).catch_unwind().await {
            Ok(answer) => answer,
            Err(panic) => {
                let message = panic.downcast_ref::<String>().map(String::as_str);
                let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
                Err(self.report_panic(message.unwrap_or("it panicked")))
            }
        }
    }

    fn report_panic(&self, message: &str) -> Error {
        self.outbox
            .log(MessageType::ERROR, format!("a request failed: {message}"));
        Error {
            code: ErrorCode::InternalError,
            message: "this request failed inside of the server, which goes on".into(),
            data: None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "panics are what is tested")]

    use tower_lsp::jsonrpc::ErrorCode;

    use crate::server::with_server;

    #[tokio::test]
    async fn a_panic_is_the_error_of_its_request_and_of_no_other() {
        with_server(async |server| {
            let panicked = server.run(|| panic!("on purpose")).await;
            let code = panicked.map_err(|error: tower_lsp::jsonrpc::Error| error.code);
            assert_eq!(code, Err(ErrorCode::InternalError));
            let guarded = server.guarded::<()>(async { panic!("on purpose") }).await;
            assert_eq!(
                guarded.map_err(|error| error.code),
                Err(ErrorCode::InternalError)
            );
            assert_eq!(server.run(|| 7).await, Ok(7));
        })
        .await;
    }
}
