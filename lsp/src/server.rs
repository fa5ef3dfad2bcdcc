//! The server: receives what the client sends, and hands each request to the file of its name.

use std::{
    future::{Ready, ready},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{
        Semaphore,
        mpsc::{self, UnboundedSender},
    },
};
use tower_lsp::{
    Client, LanguageServer, LspService,
    jsonrpc::{Request, Result},
    ls_types::{
        CallHierarchyIncomingCall, CallHierarchyIncomingCallsParams, CallHierarchyItem,
        CallHierarchyOutgoingCall, CallHierarchyOutgoingCallsParams, CallHierarchyPrepareParams,
        CodeActionParams, CodeActionResponse, CompletionParams, CompletionResponse,
        DidChangeConfigurationParams, DidChangeTextDocumentParams, DidChangeWorkspaceFoldersParams,
        DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams,
        DocumentDiagnosticParams, DocumentDiagnosticReportResult, DocumentHighlight,
        DocumentHighlightParams, DocumentSymbolParams, DocumentSymbolResponse,
        ExecuteCommandParams, FoldingRange, FoldingRangeParams, GotoDefinitionParams,
        GotoDefinitionResponse, Hover, HoverParams, InitializeParams, InitializeResult,
        InitializedParams, InlayHint, InlayHintParams, LSPAny, Location, PrepareRenameResponse,
        ReferenceParams, RenameParams, TextDocumentPositionParams, WorkDoneProgressCancelParams,
        WorkspaceEdit, WorkspaceSymbolParams, WorkspaceSymbolResponse,
    },
};

use crate::{
    Ending, ServerOptions,
    documentation::Documentation,
    large_answers,
    outbox::Outbox,
    publish::Published,
    refreshes::Refreshes,
    requests,
    runs::Runs,
    safe_to_show::{SafeToShow as _, safe},
    terminal_applies::TerminalApplies,
    transport::{self, Connection},
    watch::Watch,
    world::SharedWorld,
};

/// Is the server with all that its requests share.
pub(crate) struct Server {
    /// Everything it knows.
    pub(crate) world: SharedWorld,
    /// What it sends by itself.
    pub(crate) outbox: Outbox,
    /// What was published.
    pub(crate) published: Published,
    /// Where diagnostics are explained.
    pub(crate) documentation: Documentation,
    /// What runs because the client asked for it.
    pub(crate) runs: Runs,
    /// Notices changes on the disk.
    pub(crate) watch: Watch,
    /// The applies of other processes.
    pub(crate) terminal_applies: TerminalApplies,
    /// What the client is to be told of next.
    pub(crate) refreshes: Refreshes,
    /// Bounds how many projects are evaluated at once.
    pub(crate) evaluations: Semaphore,
    is_initialized: AtomicBool,
    was_shut_down: AtomicBool,
}

/// Serves a client on a pair of streams.
pub(crate) async fn serve(
    options: ServerOptions,
    input: impl AsyncRead + Unpin,
    output: impl AsyncWrite + Unpin + Send + 'static,
) -> Ending {
    let (messages, notifications) = mpsc::unbounded_channel();
    let (service, socket) =
        LspService::build(|client| Handle(Arc::new(Server::new(client, options, messages))))
            .custom_method("window/workDoneProgress/cancel", Handle::cancel_progress)
            .custom_method(requests::projects::METHOD, Handle::projects)
            .finish();
    let server = Arc::clone(&service.inner().0);
    let large_answers = |request: &Request| large_answers::begin(&server, request);
    let connection = Connection {
        input,
        output,
        notifications,
        large_answers,
    };
    transport::serve(service, socket, connection).await;
    server.runs.end_all().await;
    if server.was_shut_down.load(Ordering::Relaxed) {
        Ending::Orderly
    } else {
        Ending::Abrupt
    }
}

impl Server {
    fn new(client: Client, options: ServerOptions, messages: UnboundedSender<Vec<u8>>) -> Self {
        let parallelism = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            outbox: Outbox::new(client, messages),
            published: Published::default(),
            documentation: Documentation::lay_out(&options.host_dir, &options.version),
            world: SharedWorld::new(options),
            runs: Runs::default(),
            watch: Watch::default(),
            terminal_applies: TerminalApplies::default(),
            refreshes: Refreshes::new(),
            evaluations: Semaphore::new(parallelism),
            is_initialized: AtomicBool::new(false),
            was_shut_down: AtomicBool::new(false),
        }
    }

    /// Says whether requests are answered: not before both sides know each other, and not after
    /// a goodbye.
    pub(crate) fn is_serving(&self) -> bool {
        self.is_initialized.load(Ordering::Relaxed) && !self.was_shut_down.load(Ordering::Relaxed)
    }
}

/// Is the server as the protocol's library holds it. No handler waits before it has changed what
/// it changes, for the next message is handled as soon as one waits.
struct Handle(Arc<Server>);

impl LanguageServer for Handle {
    async fn initialize(&self, parameters: InitializeParams) -> Result<InitializeResult> {
        let initialized = self.0.guarded(async { Ok(self.0.initialize(&parameters)) });
        let initialized = initialized.await?;
        self.0.is_initialized.store(true, Ordering::Relaxed);
        Ok(initialized)
    }

    async fn initialized(&self, _: InitializedParams) {
        self.0.initialized();
    }

    async fn shutdown(&self) -> Result<()> {
        self.0.was_shut_down.store(true, Ordering::Relaxed);
        self.0.runs.end_all().await;
        Ok(())
    }

    async fn did_open(&self, parameters: DidOpenTextDocumentParams) {
        self.handle(async { self.0.did_open(parameters) }).await;
    }

    async fn did_change(&self, parameters: DidChangeTextDocumentParams) {
        self.handle(async { self.0.did_change(parameters) }).await;
    }

    async fn did_close(&self, parameters: DidCloseTextDocumentParams) {
        self.handle(async { self.0.did_close(&parameters) }).await;
    }

    async fn did_save(&self, parameters: DidSaveTextDocumentParams) {
        self.handle(async { self.0.did_save(&parameters) }).await;
    }

    async fn did_change_configuration(&self, parameters: DidChangeConfigurationParams) {
        self.handle(async { self.0.did_change_configuration(&parameters) })
            .await;
    }

    async fn did_change_workspace_folders(&self, parameters: DidChangeWorkspaceFoldersParams) {
        self.handle(async { self.0.did_change_workspace_folders(&parameters) })
            .await;
    }

    async fn diagnostic(
        &self,
        parameters: DocumentDiagnosticParams,
    ) -> Result<DocumentDiagnosticReportResult> {
        safe(requests::diagnostic::answer(&self.0, parameters).await)
    }

    async fn code_action(
        &self,
        parameters: CodeActionParams,
    ) -> Result<Option<CodeActionResponse>> {
        let uri = parameters.text_document.uri;
        let (range, context) = (parameters.range, parameters.context);
        let documentation = self.0.documentation.clone();
        self.0
            .answer_briefly(&uri, move |view, document| {
                let actions = requests::code_action::actions;
                Some(actions(view, document, range, &context, &documentation))
            })
            .await
    }

    async fn completion(&self, parameters: CompletionParams) -> Result<Option<CompletionResponse>> {
        let place = parameters.text_document_position;
        let list = self
            .0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::completion::complete(view, document, place.position)
            })
            .await?;
        Ok(list.map(CompletionResponse::List))
    }

    async fn hover(&self, parameters: HoverParams) -> Result<Option<Hover>> {
        let place = parameters.text_document_position_params;
        self.0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::hover::hover(view, document, place.position)
            })
            .await
    }

    async fn inlay_hint(&self, parameters: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let (uri, range) = (parameters.text_document.uri, parameters.range);
        self.0
            .answer_briefly(&uri, move |view, document| {
                requests::inlay_hint::hints(view, document, range)
            })
            .await
    }

    async fn goto_definition(
        &self,
        parameters: GotoDefinitionParams,
    ) -> Result<Option<GotoDefinitionResponse>> {
        let place = parameters.text_document_position_params;
        self.0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::definition::definition(view, document, place.position)
            })
            .await
    }

    async fn references(&self, parameters: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let place = parameters.text_document_position;
        let definitions = requests::references::Definitions::wanted(parameters.context);
        self.0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::references::references(view, document, place.position, definitions)
            })
            .await
    }

    async fn document_highlight(
        &self,
        parameters: DocumentHighlightParams,
    ) -> Result<Option<Vec<DocumentHighlight>>> {
        let place = parameters.text_document_position_params;
        self.0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::document_highlight::highlights(view, document, place.position)
            })
            .await
    }

    async fn prepare_rename(
        &self,
        place: TextDocumentPositionParams,
    ) -> Result<Option<PrepareRenameResponse>> {
        safe(requests::rename::prepare(&self.0, &place.text_document.uri, place.position).await)
    }

    async fn rename(&self, parameters: RenameParams) -> Result<Option<WorkspaceEdit>> {
        safe(requests::rename::answer(&self.0, parameters).await)
    }

    async fn document_symbol(
        &self,
        parameters: DocumentSymbolParams,
    ) -> Result<Option<DocumentSymbolResponse>> {
        let uri = parameters.text_document.uri;
        self.0
            .answer_briefly(&uri, requests::document_symbol::symbols)
            .await
    }

    async fn symbol(
        &self,
        parameters: WorkspaceSymbolParams,
    ) -> Result<Option<WorkspaceSymbolResponse>> {
        safe(requests::workspace_symbol::answer(&self.0, parameters.query).await)
    }

    async fn folding_range(
        &self,
        parameters: FoldingRangeParams,
    ) -> Result<Option<Vec<FoldingRange>>> {
        let uri = parameters.text_document.uri;
        self.0
            .answer_briefly(&uri, requests::folding_range::ranges)
            .await
    }

    async fn prepare_call_hierarchy(
        &self,
        parameters: CallHierarchyPrepareParams,
    ) -> Result<Option<Vec<CallHierarchyItem>>> {
        let place = parameters.text_document_position_params;
        self.0
            .answer_at_once(&place.text_document.uri, move |view, document| {
                requests::call_hierarchy::prepare(view, document, place.position)
            })
            .await
    }

    async fn incoming_calls(
        &self,
        parameters: CallHierarchyIncomingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyIncomingCall>>> {
        safe(requests::call_hierarchy::incoming(&self.0, parameters.item).await)
    }

    async fn outgoing_calls(
        &self,
        parameters: CallHierarchyOutgoingCallsParams,
    ) -> Result<Option<Vec<CallHierarchyOutgoingCall>>> {
        safe(requests::call_hierarchy::outgoing(&self.0, parameters.item).await)
    }

    async fn execute_command(&self, parameters: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        let mut answer = requests::execute_command::answer(&self.0, parameters).await;
        // What it gives is a document for programs.
        if let Err(error) = &mut answer {
            error.make_safe();
        }
        answer
    }
}

impl Handle {
    #[expect(
        clippy::needless_pass_by_value,
        reason = "the protocol's library hands parameters over"
    )]
    fn cancel_progress(&self, parameters: WorkDoneProgressCancelParams) -> Ready<()> {
        self.0.runs.cancel_token(&parameters.token);
        ready(())
    }

    async fn projects(&self) -> Result<Vec<requests::projects::ProjectSummary>> {
        requests::projects::answer(&self.0).await
    }

    /// Keeps a panic of a notification's handler to it.
    async fn handle(&self, handler: impl Future<Output = ()>) {
        // It is in the log already.
        let _ = self
            .0
            .guarded(async {
                handler.await;
                Ok(())
            })
            .await;
    }
}

/// Works with a server that has no client.
#[cfg(test)]
pub(crate) async fn with_server(test: impl AsyncFnOnce(Arc<Server>)) {
    #[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
    let home = tempfile::tempdir().unwrap();
    let options = ServerOptions {
        variables: Arc::default(),
        undecodable_variables: Arc::default(),
        limits: rigkit_engine::sandbox::SandboxLimits::default(),
        evaluator: None,
        host_dir: home.path().to_owned(),
        host_storage_dir: home.path().to_owned(),
        config: None,
        who: String::new(),
        version: String::new(),
    };
    let (messages, _notifications) = mpsc::unbounded_channel();
    let (service, _socket) =
        LspService::new(|client| Handle(Arc::new(Server::new(client, options, messages))));
    test(Arc::clone(&service.inner().0)).await;
}
