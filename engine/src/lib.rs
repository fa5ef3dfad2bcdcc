//! e

pub mod authoring;
