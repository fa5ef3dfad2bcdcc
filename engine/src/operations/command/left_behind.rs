//! What a command leaves behind with its output open.

use tokio::io::{AsyncRead, copy, sink};

use super::OperationContext;
use super::invocation::Invocation;
use crate::event::{Event, LogStream};
use crate::processes::{OpenIn, holders_of_pipes};

/// How many processes are named.
const MOST_NAMED: usize = 5;

/// Says in the log what has stayed.
pub(super) async fn tell(pipes: Vec<u64>, invocation: &Invocation, context: &OperationContext) {
    let holders = tokio::task::spawn_blocking(move || holders_of_pipes(&pipes)).await;
    (context.emit)(Event::LogOutput {
        node_path: context.node_path.clone().unwrap_or_default(),
        stream: LogStream::Warn,
        label: Some(invocation.name.clone()),
        data: format!(
            "`{}` has ended, and left {} behind with its output open, of which nothing more is read; \
             what is meant to stay is started with `detach: true`",
            invocation.line,
            named(&holders.unwrap_or_default())
        ),
    });
}

fn named(holders: &[OpenIn]) -> String {
    let name = |holder: &OpenIn| format!("`{}` (process {})", holder.name, holder.pid);
    let names: Vec<String> = holders.iter().take(MOST_NAMED).map(name).collect();
    match holders.len().saturating_sub(MOST_NAMED) {
        _ if names.is_empty() => "a process".to_owned(),
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Reads on for as long as the run lasts, so that what has stayed is not ended by writing.
pub(super) fn read_on(pipe: impl AsyncRead + Unpin + Send + 'static) {
    tokio::spawn(async move {
        let mut pipe = pipe;
        // What cannot be read is over.
        let _ = copy(&mut pipe, &mut sink()).await;
    });
}
