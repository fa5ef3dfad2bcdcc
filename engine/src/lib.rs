//! e

pub mod sandbox;
