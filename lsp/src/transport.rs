//! Messages to and from the client, over a pair of streams.
//!
//! The library that knows the protocol brings a transport of its own, which ends with the first
//! message that is no JSON. This one answers such a message with an error, and goes on.

use std::time::Duration;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _, stream};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    sync::{
        mpsc::{self, UnboundedReceiver, UnboundedSender},
        oneshot,
    },
};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tower_lsp::{
    ClientSocket, LanguageServer, LspService,
    jsonrpc::{Error, Id, Request, Response},
};
use tower_service::Service as _;

use crate::{
    framing::{Incoming, read_frame},
    large_answers::LargeAnswer,
};

/// How long the last answers may take.
const FAREWELL: Duration = Duration::from_millis(200);

/// Serves until the client says that it leaves, or is gone.
///
/// Handlers are begun in the order of their messages, and each goes on by itself once it waits
/// for something: none can hold up another one, or its cancellation.
pub(crate) async fn serve<S: LanguageServer, I, O, L>(
    mut service: LspService<S>,
    socket: ClientSocket,
    connection: Connection<I, O, L>,
) where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin + Send + 'static,
    L: Fn(&Request) -> Option<LargeAnswer>,
{
    let Connection {
        input,
        output,
        notifications,
        large_answers,
    } = connection;
    let (requests, mut answers) = socket.split();
    let (responses, waiting) = mpsc::unbounded_channel();
    let own = UnboundedReceiverStream::new(waiting);
    let notifications = UnboundedReceiverStream::new(notifications).map(Outgoing::Written);
    let outgoing = stream::select(own, requests.map(Outgoing::Request));
    let outgoing = stream::select(notifications, outgoing);
    let (leave, leaving) = oneshot::channel::<()>();
    let writer = tokio::spawn(write_all(outgoing, leaving, output));
    let mut input = BufReader::new(input);
    while let Some(frame) = read_frame(&mut input).await {
        match frame.parse() {
            Ok(Incoming::Request(request)) => {
                let is_last = request.method() == "exit";
                if let Some(refusal) = refusal(&request) {
                    let _ = responses.send(Outgoing::Response(refusal));
                } else if let Some(answer) = large_answers(&request) {
                    begin_large(answer, &responses);
                } else {
                    let id = request.id().cloned();
                    begin(id, service.call(request), &responses);
                }
                if is_last {
                    break;
                }
            }
            Ok(Incoming::Response(response)) => {
                // An answer that nobody waits for any more is none the worse.
                let _ = answers.send(response).await;
            }
            Err(error) => {
                let response = Response::from_error(Id::Null, error);
                let _ = responses.send(Outgoing::Response(response));
            }
        }
    }
    drop(leave);
    // A client that no longer reads is not waited for.
    let _ = tokio::time::timeout(FAREWELL, writer).await;
}

/// Is what a server is connected to.
pub(crate) struct Connection<I, O, L> {
    /// What the client says.
    pub(crate) input: I,
    /// What the client hears.
    pub(crate) output: O,
    /// What the server says by itself, written already.
    pub(crate) notifications: UnboundedReceiver<Vec<u8>>,
    /// Begins to answer requests whose answers the library is too slow for.
    pub(crate) large_answers: L,
}

fn begin_large(answer: LargeAnswer, responses: &UnboundedSender<Outgoing>) {
    let responses = responses.clone();
    tokio::spawn(async move {
        // A client that is gone misses nothing.
        let _ = responses.send(Outgoing::Written(answer.await));
    });
}

/// Returns the answer to a request whose method is that of a notification of the protocol itself.
fn refusal(request: &Request) -> Option<Response> {
    let id = request
        .id()
        .filter(|_| request.method().starts_with("$/"))?;
    Some(Response::from_error(id.clone(), Error::method_not_found()))
}

/// Runs a handler up to where it first waits, and leaves the rest to the runtime.
fn begin<E: Send + 'static>(
    id: Option<Id>,
    mut handler: futures_util::future::BoxFuture<'static, Result<Option<Response>, E>>,
    responses: &UnboundedSender<Outgoing>,
) {
    if let Some(answered) = (&mut handler).now_or_never() {
        answer(id, answered, responses);
        return;
    }
    let responses = responses.clone();
    tokio::spawn(async move { answer(id, handler.await, &responses) });
}

fn answer<E>(
    id: Option<Id>,
    answered: Result<Option<Response>, E>,
    responses: &UnboundedSender<Outgoing>,
) {
    let response = match answered {
        Ok(Some(response)) => Some(response),
        // The library takes all that begins with `$/` for notifications, which nobody answers.
        Ok(None) => id.map(|id| Response::from_error(id, Error::method_not_found())),
        Err(_) => None,
    };
    if let Some(response) = response {
        // A client that is gone misses nothing.
        let _ = responses.send(Outgoing::Response(response));
    }
}

/// Is a message for the client.
enum Outgoing {
    Request(Request),
    Response(Response),
    Written(Vec<u8>),
}

impl Outgoing {
    fn into_body(self) -> serde_json::Result<Vec<u8>> {
        match self {
            Self::Request(request) => serde_json::to_vec(&request),
            Self::Response(response) => serde_json::to_vec(&response),
            Self::Written(body) => Ok(body),
        }
    }
}

/// Writes until nothing is left to be said once the client leaves.
async fn write_all(
    mut outgoing: impl stream::Stream<Item = Outgoing> + Unpin,
    mut leaving: oneshot::Receiver<()>,
    mut output: impl AsyncWrite + Unpin,
) {
    loop {
        let message = tokio::select! {
            biased;
            message = outgoing.next() => message,
            _ = &mut leaving => None,
        };
        let Some(message) = message else {
            return;
        };
        let Ok(body) = message.into_body() else {
            continue;
        };
        let mut bytes = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        bytes.extend(body);
        if output.write_all(&bytes).await.is_err() || output.flush().await.is_err() {
            return;
        }
    }
}
