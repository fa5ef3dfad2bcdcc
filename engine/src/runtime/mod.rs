//! Runs the handlers of a definition.
//!
//! The engine sees a handler only through [`HandlerClient::call`] and the messages of
//! [`protocol`], so it does not know which language runtime is at the other end.

mod bridge;
mod client;
mod embedded;
mod invocation;
mod protocol;
mod questions;
mod services;
mod shown_prompt;
mod storage;

pub(crate) use client::{CallFailure, HandlerClient};
pub(crate) use embedded::{EmbeddedOptions, EmbeddedRuntime};
pub(crate) use protocol::{
    Allowance, CallOutcome, CallResult, FromRuntime, Invocation, ResultRule, Work,
};
pub(crate) use services::Services;
pub(crate) use storage::{ProjectStore, ProviderStores};
