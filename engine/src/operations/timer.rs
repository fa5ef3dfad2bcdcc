//! Waiting.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{OperationContext, OperationError};

/// Says how long to wait.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sleep {
    /// The time, in milliseconds in the message.
    #[serde(rename = "ms", deserialize_with = "milliseconds")]
    pub duration: Duration,
}

pub(super) async fn sleep(
    sleep: Sleep,
    context: &OperationContext,
) -> Result<Value, OperationError> {
    tokio::select! {
        biased;
        () = context.cancel.cancelled() => Err(OperationError::Cancelled {
            action: format!("wait {} ms", sleep.duration.as_millis()),
        }),
        () = tokio::time::sleep(sleep.duration) => Ok(Value::Null),
    }
}

/// Reads a duration given as a number of milliseconds, whole or not.
pub(super) fn milliseconds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let milliseconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|error| {
        serde::de::Error::custom(format!(
            "{milliseconds} is not a number of milliseconds: {error}"
        ))
    })
}
