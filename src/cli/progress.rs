//! How far a run is: a bar with the time left on a terminal, plain lines elsewhere. Failures are told as they happen.

use std::io::{IsTerminal as _, Write as _};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::conformance::{Moment, report::terminal};

/// Between one plain line and the next.
const SCENARIOS: usize = 100;

/// Shows what it is told.
pub(super) fn shown() -> Box<dyn FnMut(Moment<'_>) + Send> {
    if std::io::stdout().is_terminal() { Box::new(bar()) } else { Box::new(lines()) }
}

fn bar() -> impl FnMut(Moment<'_>) + Send {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stdout());
    if let Ok(style) = ProgressStyle::with_template("{wide_bar:.cyan} {pos}/{len} {msg} {eta} left") {
        bar.set_style(style);
    }
    let mut failed = 0;
    move |moment| match moment {
        Moment::Begins(scenarios) => bar.set_length(scenarios as u64),
        Moment::Ended(result) => {
            bar.inc(1);
            if let Some(text) = told(result) {
                failed += usize::from(result.is_decisive_failure());
                bar.set_message(format!("{failed} failed"));
                bar.suspend(|| print(&text));
            }
            if bar.length() == Some(bar.position()) {
                bar.finish_and_clear();
            }
        }
    }
}

fn lines() -> impl FnMut(Moment<'_>) + Send {
    let (mut all, mut ended, mut failed) = (0, 0, 0);
    move |moment| match moment {
        Moment::Begins(scenarios) => all = scenarios,
        Moment::Ended(result) => {
            ended += 1;
            failed += usize::from(result.is_decisive_failure());
            if let Some(text) = told(result) {
                print(&text);
            }
            if ended % SCENARIOS == 0 || ended == all {
                print(&format!("{ended} of {all} scenarios, {failed} failed\n"));
            }
        }
    }
}

/// A failure in full.
fn told(result: &crate::conformance::verdict::ScenarioResult) -> Option<String> {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = terminal::failure(result, &mut text);
    (!text.is_empty()).then_some(text)
}

fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    // Progress that cannot be shown is no reason to stop.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
