//! Snapshots: what was saved is what comes back, for every vendor and any history.

mod damage;
mod history;
mod restoring;
mod vendors;
