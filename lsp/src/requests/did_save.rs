//! `textDocument/didSave`: providers are asked what only they know.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rigkit_engine::{
    Answers, Engine, EngineError, EngineOptions, RunSession, event::EventRecord, host::HeadlessHost,
};
use tower_lsp::ls_types::{DidSaveTextDocumentParams, MessageType};

use crate::{
    location::path_of,
    open_project::{Asked, Asking, OpenProject},
    server::Server,
};

impl Server {
    /// Asks the providers of the projects that a file belongs to, where these are trusted.
    pub(crate) fn did_save(self: &Arc<Self>, parameters: &DidSaveTextDocumentParams) {
        let Some(path) = path_of(&parameters.text_document.uri) else {
            return;
        };
        let roots = self.world.lock().projects_of(&path);
        for root in roots {
            tokio::spawn(Arc::clone(self).ask_providers(root));
        }
    }

    /// Asks the providers of a project, unless it has none that say anything, and shows what they say
    /// for as long as the text is the same.
    pub(crate) async fn ask_providers(self: Arc<Self>, root: PathBuf) {
        let now = self.world.lock().project(&root).map(OpenProject::now);
        let Some(now) = now else {
            return;
        };
        self.wait_for(&root, now).await;
        let Some((text, work)) = self.prepare_questions(&root) else {
            return;
        };
        match self.run(work).await {
            Ok(Ok(answers)) => {
                if let Some(project) = self.world.lock().project_mut(&root) {
                    project.take_answers(text, answers);
                }
            }
            Ok(Err(EngineError::Cancelled)) | Err(_) => {}
            Ok(Err(error)) => {
                let message = format!("the providers could not be asked: {error}");
                self.outbox.log(MessageType::WARNING, message);
            }
        }
    }

    /// Prepares to ask, of the text as it is now; a later edit ends that.
    fn prepare_questions(
        &self,
        root: &Path,
    ) -> Option<(
        u64,
        impl FnOnce() -> Result<Answers, EngineError> + Send + 'static + use<>,
    )> {
        let mut world = self.world.lock();
        let view = world.project_view(root)?;
        let source = world.environment_source(root)?;
        let definition = view.snapshot.definition.clone()?;
        if !view.engine().has_questions(&definition) {
            return None;
        }
        let asking = Asking::default();
        let session = RunSession {
            events: Arc::new(|_: &EventRecord| {}),
            host: Arc::new(HeadlessHost),
            cancel: asking.cancel(),
        };
        let project = world.project_mut(root)?;
        project.asking = Some(asking);
        project.asked = Asked::Yes;
        let (text, options) = (project.now().text, view.engine_options);
        let work = move || {
            let environment = source.read(&options.project.root);
            let engine = Engine::new(EngineOptions {
                environment,
                ..options
            });
            engine.ask(&session)
        };
        Some((text, work))
    }
}
