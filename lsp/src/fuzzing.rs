//! What a client sends, of any kind, tried by the fuzz targets.

use tokio::{io::BufReader, runtime::Builder};

use crate::framing::{Frame, MAX_MESSAGE_BYTES, read_frame};

/// Reads bytes as all that a client sends.
///
/// # Panics
/// When more is kept of a message than a message may have.
pub fn lsp_framing(input: &[u8]) {
    let Ok(runtime) = Builder::new_current_thread().build() else {
        return;
    };
    runtime.block_on(async {
        let mut stream = BufReader::new(input);
        while let Some(frame) = read_frame(&mut stream).await {
            if let Frame::Body(body) = &frame {
                assert!(u64::try_from(body.len()).is_ok_and(|length| length <= MAX_MESSAGE_BYTES));
            }
            // An error is an answer as good as any.
            let _ = frame.parse();
        }
    });
}
