//! Messages to and from the client, over a pair of streams.
//!
//! The library that knows the protocol brings a transport of its own, which ends with the first
//! message that is no JSON. This one answers such a message with an error, and goes on.

use std::time::Duration;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _, stream};
use serde_json::Value;
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _,
        BufReader,
    },
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

use crate::large_answers::LargeAnswer;

/// The most bytes of a message that is read; a longer one is skipped.
const MAX_MESSAGE_BYTES: u64 = 256 << 20;

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
                match large_answers(&request) {
                    Some(answer) => begin_large(answer, &responses),
                    None => begin(service.call(request), &responses),
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

/// Runs a handler up to where it first waits, and leaves the rest to the runtime.
fn begin<E: Send + 'static>(
    mut handler: futures_util::future::BoxFuture<'static, Result<Option<Response>, E>>,
    responses: &UnboundedSender<Outgoing>,
) {
    if let Some(answered) = (&mut handler).now_or_never() {
        answer(answered, responses);
        return;
    }
    let responses = responses.clone();
    tokio::spawn(async move { answer(handler.await, &responses) });
}

fn answer<E>(answered: Result<Option<Response>, E>, responses: &UnboundedSender<Outgoing>) {
    if let Ok(Some(response)) = answered {
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

/// Is what stands between two headers.
enum Frame {
    Body(Vec<u8>),
    Malformed,
}

/// Is a message from the client.
enum Incoming {
    Request(Request),
    Response(Response),
}

impl Frame {
    fn parse(self) -> Result<Incoming, Error> {
        let Self::Body(body) = self else {
            return Err(Error::parse_error());
        };
        let value: Value = serde_json::from_slice(&body).map_err(|_| Error::parse_error())?;
        let message = match value.get("method") {
            Some(_) => serde_json::from_value(value).map(Incoming::Request),
            None => serde_json::from_value(value).map(Incoming::Response),
        };
        message.map_err(|_| Error::invalid_request())
    }
}

/// Reads what comes next; nothing at the end of the stream.
async fn read_frame(input: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Frame> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line).await.ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line);
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                length = value.trim().parse().ok();
            }
            None if line.trim_end().is_empty() => break,
            // Other headers say nothing that matters, and garbage ends with the next header.
            Some(_) | None => {}
        }
    }
    match length {
        Some(length) if length <= MAX_MESSAGE_BYTES => read_body(input, length).await,
        Some(length) => {
            tokio::io::copy(&mut input.take(length), &mut tokio::io::sink())
                .await
                .ok()?;
            Some(Frame::Malformed)
        }
        None => Some(Frame::Malformed),
    }
}

async fn read_body(input: &mut BufReader<impl AsyncRead + Unpin>, length: u64) -> Option<Frame> {
    let mut body = Vec::new();
    let read = input.take(length).read_to_end(&mut body).await.ok()?;
    (u64::try_from(read) == Ok(length)).then_some(Frame::Body(body))
}
