//! What the exit code of `rehearsal` says.

/// Everything asked for succeeded; for `check`, the target is conformant.
pub const SUCCESS: u8 = 0;
/// The target is not conformant, or could not be shown to be.
pub const NOT_CONFORMANT: u8 = 1;
/// The command line or the configuration is wrong.
pub const USAGE: u8 = 2;
/// The target cannot be reached; for `wait`, nothing was ready in time.
pub const TARGET_UNREACHABLE: u8 = 3;
/// Nothing ran: the selection is empty, or everything selected is not applicable.
pub const NOTHING_RAN: u8 = 4;
/// The run was interrupted; what it had created is deleted, and the reports tell as far as it got.
pub const INTERRUPTED: u8 = 130;
