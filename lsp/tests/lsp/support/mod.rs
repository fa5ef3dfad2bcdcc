//! A project, a client beside it, and fixtures with a cursor.

#![allow(dead_code, reason = "tests use what they need")]

mod client;
mod fixture;
mod places;
mod wire;

pub use self::{
    client::{Capabilities, TestClient},
    fixture::{Fixture, Place},
};
