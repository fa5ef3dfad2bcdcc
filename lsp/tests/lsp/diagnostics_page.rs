//! The page about diagnostics, whose examples are run.
