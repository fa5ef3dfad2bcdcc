//! A project, a client beside it, and fixtures with a cursor.

mod client;
mod fixture;
mod places;
mod wire;

pub use self::{
    client::{Capabilities, TestClient},
    fixture::{Fixture, Place},
};
