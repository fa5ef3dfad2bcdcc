//! Messages as they go over a stream.

use serde_json::Value;
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};

/// Writes a message.
pub async fn write(stream: &mut (impl AsyncWrite + Unpin), message: &Value) {
    let body = message.to_string();
    write_raw(
        stream,
        format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes(),
    )
    .await;
}

/// Writes bytes, which need not be a message. A server that is gone is not told.
pub async fn write_raw(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    let _ = stream.write_all(bytes).await;
    let _ = stream.flush().await;
}

/// Reads a message; nothing at the end of the stream.
pub async fn read(stream: &mut BufReader<impl AsyncRead + Unpin>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(number) = line.strip_prefix("Content-Length: ") {
            length = number.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
