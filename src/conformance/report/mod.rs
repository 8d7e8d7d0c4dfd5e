//! Reports: what a run found, told to different readers from one model.

pub mod terminal;
