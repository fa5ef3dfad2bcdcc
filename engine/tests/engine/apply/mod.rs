//! What an apply runs, in which order, what it stores, and how it ends.

mod attribution;
mod cancel;
mod causes;
mod concurrency;
mod contexts;
mod events;
mod failures;
mod half_characters;
mod invalidation;
mod last_failure;
mod locks;
mod logs;
mod returned;
mod saved_plan;
mod until;
