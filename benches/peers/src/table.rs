//! What was measured, for people and for programs.

use std::{fmt::Write, time::Duration};

use serde_json::{Value, json};

use crate::{
    beside::{CONNECTIONS, ROUND, ROUNDS},
    error::Error,
    folder::Folder,
    measured::{Measured, REQUESTS, STARTS},
    peer::Peer,
};

/// The table as documents have it. What is beside a figure tells how many times as much ours is.
pub(crate) fn markdown(folder: &Folder, measured: &[Measured]) -> Result<String, Error> {
    let ours = measured.iter().find(|measured| measured.peer == Peer::Rehearsal);
    let mut text = format!(
        "{CONNECTIONS} keep-alive connections, {ROUNDS} rounds of {ROUND:?} in turns of which the best counts, {STARTS} starts of \
         which the median counts, memory again after {requests} requests. In brackets: how many times as many the first \
         one answers.\n\n\
         | what | version | token | authorised call | first answer | resident | under load |\n|---|---|---|---|---|---|---|\n",
        requests = grouped(&(2 * REQUESTS).to_string()),
    );
    for one in measured {
        let beside = |figure: f64, of: fn(&Measured) -> f64| match ours {
            Some(ours) if ours.peer != one.peer => format!("{} ({})", rate(figure), times(of(ours) / figure)),
            _ => rate(figure),
        };
        let [first, then] = one.memory.map(megabytes);
        let row = [
            one.peer.title().to_owned(),
            one.peer.version(folder)?,
            beside(one.issues(), Measured::issues),
            beside(one.calls(), Measured::calls) + if one.is_checked { "" } else { ", with any token" },
            milliseconds(one.start()) + if one.peer.is_in_process() { ", in process" } else { "" },
            first,
            then,
        ];
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text.push('\n');
    for one in measured {
        let _ = writeln!(text, "- {}: {}.", one.peer.title(), one.peer.method());
    }
    Ok(text)
}

/// Every figure.
pub(crate) fn raw(measured: &[Measured]) -> String {
    let of_one = |one: &Measured| -> Value {
        json!({
            "peer": one.peer.name(),
            "starts_in_seconds": one.starts.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
            "resident_in_kib": { "after_start": one.memory[0], "after_load": one.memory[1] },
            "tokens_a_second": one.issue,
            "calls_a_second": one.call,
            "unknown_token_is_refused": one.is_checked,
        })
    };
    format!("{:#}\n", Value::from_iter(measured.iter().map(of_one)))
}

fn rate(figure: f64) -> String {
    grouped(&format!("{figure:.0}")) + "/s"
}

/// With a comma before each three digits.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn times(ratio: f64) -> String {
    if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_secs_f64() * 1_000.0;
    if milliseconds < 10.0 { format!("{milliseconds:.1} ms") } else { format!("{milliseconds:.0} ms") }
}

#[expect(clippy::cast_precision_loss, reason = "memory in KiB is far from the limits of f64")]
fn megabytes(kib: u64) -> String {
    format!("{:.1} MB", kib as f64 / 1024.0)
}
