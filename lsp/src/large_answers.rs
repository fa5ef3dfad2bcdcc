//! Answers that grow with the number of tasks. They are written where they are made, off the
//! server's task; the library would first turn them into values of its own, which takes longer
//! than all the rest.

use std::{future::Future, pin::Pin, sync::Arc};

use serde::{Deserialize, Serialize};
use tower_lsp::{
    jsonrpc::{Error, Id, Request, Result},
    ls_types::{
        CodeLensParams,
        request::{CodeLensRequest, Request as _},
    },
};

use crate::{
    document::Document, requests::code_lens, safe_to_show::WrittenAnswer, server::Server,
    view::ProjectView,
};

/// Is an answer in the making; what it gives is the body of a message.
pub(crate) type LargeAnswer = Pin<Box<dyn Future<Output = Vec<u8>> + Send>>;

/// Is an answer as it goes over the wire.
#[derive(Serialize)]
struct Answer<'a> {
    jsonrpc: &'static str,
    id: &'a Id,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Result(Option<WrittenAnswer>),
    Error(Error),
}

/// Begins to answer a request, if it is one of these and the server is there for requests.
pub(crate) fn begin(server: &Arc<Server>, request: &Request) -> Option<LargeAnswer> {
    if request.method() != CodeLensRequest::METHOD || !server.is_serving() {
        return None;
    }
    let id = request.id()?.clone();
    let parameters = request.params().map(CodeLensParams::deserialize);
    let Some(Ok(parameters)) = parameters else {
        // The library says what is wrong with them.
        return None;
    };
    let uri = parameters.text_document.uri;
    let server = Arc::clone(server);
    let answer = async move { server.answer_briefly(&uri, written_lenses).await };
    Some(Box::pin(async move { body(&id, answer.await) }))
}

fn written_lenses(view: &ProjectView, document: &Arc<Document>) -> Option<WrittenAnswer> {
    WrittenAnswer::new(code_lens::lenses(view, document)?)
}

fn body(id: &Id, answer: Result<Option<WrittenAnswer>>) -> Vec<u8> {
    let answer = Answer {
        jsonrpc: "2.0",
        id,
        outcome: match answer {
            Ok(result) => Outcome::Result(result),
            Err(error) => Outcome::Error(error),
        },
    };
    // What is written already and an id can always be written again.
    serde_json::to_vec(&answer).unwrap_or_default()
}
