//! Where one message of a client ends and the next begins.
//!
//! A header says how long its message is, and nothing makes it say the truth. So nothing that has
//! no end is kept: a header line and a message that are too long are read to their end and left out.

use serde_json::Value;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader, copy, sink,
};
use tower_lsp::jsonrpc::{Error, ErrorCode, Request, Response};

/// The most bytes of a message that is kept.
///
/// A document that is not too large to be evaluated has a twelfth of it, however it is escaped.
pub(crate) const MAX_MESSAGE_BYTES: u64 = 64 << 20;

/// The most values in a message: each takes many times the room that it has as text.
const MAX_VALUES: usize = 1_000_000;

/// The most bytes of a header line that is looked at.
const MAX_LINE_BYTES: usize = 4 << 10;

/// The most bytes that are left out at the word of a header; one that says more tells nothing.
const MAX_SKIPPED_BYTES: u64 = 1 << 30;

/// A message from the client, or what came in its place.
pub(crate) enum Frame {
    /// A whole message.
    Body(Vec<u8>),
    /// A header that does not say how long its message is.
    Malformed,
    /// A message that was left out.
    TooLong,
}

/// A message that the client sent.
pub(crate) enum Incoming {
    /// A request or a notification.
    Request(Request),
    /// The answer to a request of the server.
    Response(Response),
}

impl Frame {
    /// Returns the message.
    ///
    /// # Errors
    /// What the client is told where there is none.
    pub(crate) fn parse(self) -> Result<Incoming, Error> {
        let body = match self {
            Self::Body(body) => body,
            Self::Malformed => return Err(Error::parse_error()),
            Self::TooLong => {
                return Err(too_much(format!(
                    "the message has more than {} MiB",
                    MAX_MESSAGE_BYTES >> 20
                )));
            }
        };
        if values_at_most(&body) > MAX_VALUES {
            let message = format!("the message has more than {MAX_VALUES} values");
            return Err(too_much(message));
        }
        let value: Value = serde_json::from_slice(&body).map_err(|_| Error::parse_error())?;
        let message = match value.get("method") {
            Some(_) => serde_json::from_value(value).map(Incoming::Request),
            None => serde_json::from_value(value).map(Incoming::Response),
        };
        message.map_err(|_| Error::invalid_request())
    }
}

fn too_much(message: String) -> Error {
    Error {
        code: ErrorCode::InvalidRequest,
        message: message.into(),
        data: None,
    }
}

/// Returns a number that a text of JSON has no more values than.
fn values_at_most(text: &[u8]) -> usize {
    let mut is_in_string = false;
    let mut is_escaped = false;
    let mut count = 1;
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_string => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b',' | b'[' | b'{' if !is_in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Reads what comes next; nothing at the end of the stream.
pub(crate) async fn read_frame(input: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Frame> {
    match read_header(input).await? {
        Some(length) if length <= MAX_MESSAGE_BYTES => read_body(input, length).await,
        Some(length) if length <= MAX_SKIPPED_BYTES => {
            copy(&mut input.take(length), &mut sink()).await.ok()?;
            Some(Frame::TooLong)
        }
        Some(_) | None => Some(Frame::Malformed),
    }
}

/// Reads a header to its end, and returns the length that it tells.
async fn read_header(input: &mut (impl AsyncBufRead + Unpin)) -> Option<Option<u64>> {
    let mut length = None;
    loop {
        let line = read_line(input).await?;
        let line = String::from_utf8_lossy(&line);
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                length = value.trim().parse().ok();
            }
            None if line.trim_end().is_empty() => return Some(length),
            // Other headers say nothing that matters, and garbage ends with the next header.
            Some(_) | None => {}
        }
    }
}

/// Reads a line to its end and returns the beginning of it; nothing at the end of the stream.
async fn read_line(input: &mut (impl AsyncBufRead + Unpin)) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    loop {
        let available = input.fill_buf().await.ok()?;
        if available.is_empty() {
            return None;
        }
        let end = available.iter().position(|byte| *byte == b'\n');
        let part = end.map_or(available, |end| &available[..end]);
        let room = MAX_LINE_BYTES - line.len();
        line.extend_from_slice(&part[..part.len().min(room)]);
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Some(line);
        }
    }
}

async fn read_body(input: &mut BufReader<impl AsyncRead + Unpin>, length: u64) -> Option<Frame> {
    let mut body = Vec::new();
    let read = input.take(length).read_to_end(&mut body).await.ok()?;
    (u64::try_from(read) == Ok(length)).then_some(Frame::Body(body))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;

    /// Reads a stream and says what was in it.
    fn read(stream: &[u8]) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut input = BufReader::new(stream);
            let mut seen = Vec::new();
            while let Some(frame) = read_frame(&mut input).await {
                seen.push(match frame.parse() {
                    Ok(Incoming::Request(request)) => request.method().to_owned(),
                    Ok(Incoming::Response(_)) => "response".to_owned(),
                    Err(error) => format!("{} {}", error.code.code(), error.message),
                });
            }
            seen
        })
    }

    fn message(body: &str) -> Vec<u8> {
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn hello() -> Vec<u8> {
        message(r#"{"jsonrpc":"2.0","id":1,"method":"hello"}"#)
    }

    /// Whatever comes before, the next whole message is found.
    #[track_caller]
    fn check(before: &[u8], expected: &str) {
        let stream = [before, &hello()].concat();
        assert_eq!(read(&stream), [expected, "hello"]);
    }

    #[test]
    fn what_a_header_says_may_be_wrong() {
        let malformed = "-32700 Parse error";
        for header in [
            "\r\n",
            "Content-Type: x\r\n\r\n",
            "Content-Length: -5\r\n\r\n",
            "Content-Length: x\r\n\r\n",
            "Content-Length: 18446744073709551615\r\n\r\n",
            "Content-Length: 99999999999999999999999\r\n\r\n",
            "Content-Length: 4\r\nContent-Length: none\r\n\r\n",
        ] {
            check(header.as_bytes(), malformed);
        }
        check(&[&vec![b'x'; 10 << 20][..], b"\n\n"].concat(), malformed);
        check(
            &[&b"a: b\r\n".repeat(100_000)[..], b"\r\n"].concat(),
            malformed,
        );
        check(b"\xff\xfe\n\n", malformed);
        let long = [
            format!("X: {}\r\n", "y".repeat(1 << 20)).into_bytes(),
            message("[]"),
        ];
        check(&long.concat(), "-32600 Invalid request");
    }

    #[test]
    fn a_message_may_be_too_much() {
        let long = format!("\"{}\"", "x".repeat(65 << 20));
        check(&message(&long), "-32600 the message has more than 64 MiB");
        let wide = format!("[{}0]", "0,".repeat(MAX_VALUES));
        check(
            &message(&wide),
            "-32600 the message has more than 1000000 values",
        );
        let deep = "[".repeat(900_000);
        check(&message(&deep), "-32700 Parse error");
        let quoted = format!("{{\"method\":\"{}\"}}", ",[{\\\"".repeat(MAX_VALUES));
        check(&message(&quoted), "-32600 Invalid request");
    }

    #[test]
    fn an_end_in_the_middle_is_an_end() {
        let whole = hello();
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]), Vec::<String>::new(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(stream in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            read(&stream);
        }

        #[test]
        fn pieces_of_messages_come_to_an_end(pieces in proptest::collection::vec(prop::sample::select(vec![
            "Content-Length: ", "5", "-1", "\r\n", "\r\n\r\n", "{", "}", "[]", ":", "\0", "null",
            "Content-Length: 2\r\n\r\n{}", "{\"jsonrpc\":\"2.0\",\"method\":\"$/x\"}",
        ]), 0..60)) {
            read(pieces.concat().as_bytes());
        }
    }
}
