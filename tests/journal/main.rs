//! The journal as a test's witness.

mod bounds;
mod counting;
mod har;
mod queries;
mod refreshes;
mod scene;
mod unexpected;
mod waiting;
