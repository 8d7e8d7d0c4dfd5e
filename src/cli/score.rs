//! `check --broken all` and `check --permitted all`: the suite is measured, in both directions.

use std::{collections::BTreeSet, io::Write as _, pin::pin, time::Instant};

use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::check::{Options, SetUpError, Subject, examine};
use crate::{
    conformance::{
        Verdict,
        broken::{self, Variant},
        permitted::{self, Permitted},
        verdict::{BrokenOff, Outcome, Report},
    },
    exit_codes,
};

/// What is measured: one of both kinds of variants, or both.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    pub(super) broken: bool,
    pub(super) permitted: bool,
}

/// Variants that are tried at the same time: while one waits for its answers, another has something to do.
const AT_ONCE: usize = 3;

/// Runs the suite against each variant and prints the score. The code that the process ends with.
pub(super) async fn measure(measured: Measured) -> Result<u8, SetUpError> {
    tokio::select! {
        biased;
        // Heard all the time, also between two runs. What they made ends with this process.
        Ok(()) = tokio::signal::ctrl_c() => Err(SetUpError::Interrupted),
        scored = scored(measured) => scored,
    }
}

async fn scored(measured: Measured) -> Result<u8, SetUpError> {
    let mut whole = true;
    if measured.broken {
        let tried = broken::all().map(async |variant| {
            let missed = missed_by(variant).await?;
            let (sign, rest) = if missed.is_empty() {
                ("caught", variant.breaks.join(" "))
            } else {
                ("MISSED", format!("no scenario of {} failed", missed.join(", ")))
            };
            Ok((missed.is_empty(), format!("{sign}  {:<30} {rest}\n", variant.name)))
        });
        whole &= score("broken variants caught", tried).await?;
    }
    if measured.permitted {
        let tried = permitted::all().map(async |variant| {
            let red = cried_wolf(variant).await?;
            let sign = if red.is_empty() { "green " } else { "RED   " };
            Ok((red.is_empty(), format!("{sign}  {:<30} {}\n", variant.name, red.join(", "))))
        });
        whole &= score("permitted variants green", tried).await?;
    }
    Ok(if whole { exit_codes::SUCCESS } else { exit_codes::NOT_CONFORMANT })
}

/// Tries all variants of a kind and says what became of each. Whether all is well with every one.
async fn score<F>(what: &str, tried: impl Iterator<Item = F>) -> Result<bool, SetUpError>
where
    F: Future<Output = Result<(bool, String), SetUpError>>,
{
    let since = Instant::now();
    let (mut good, mut all) = (0, 0);
    let mut tried = pin!(stream::iter(tried).buffered(AT_ONCE));
    while let Some((is_good, line)) = tried.try_next().await? {
        all += 1;
        good += usize::from(is_good);
        say(&line);
    }
    let percent = (100 * good).checked_div(all).unwrap_or(0);
    say(&format!("\n{good} of {all} {what}: {percent} %, in {:.1} s\n\n", since.elapsed().as_secs_f64()));
    Ok(good == all)
}

/// The requirements that a variant breaks and no scenario complains of. Only the scenarios that carry one of them run.
///
/// # Errors
///
/// If the run did not come about.
pub async fn missed_by(variant: &'static Variant) -> Result<Vec<&'static str>, SetUpError> {
    let mut options = Options::new(Subject::Broken(variant));
    let tags: Vec<String> = variant.breaks.iter().map(|id| format!("@{id}")).collect();
    options.conduct.selection.tags = tags.join(" or ").parse().ok();
    let failed = failed_requirements(&report_of(options).await?);
    Ok(variant.breaks.iter().filter(|id| !failed.contains(**id)).copied().collect())
}

/// The report of a whole run. A run hears Ctrl-C as well, perhaps before the score does.
async fn report_of(options: Options) -> Result<Report, SetUpError> {
    let report = examine(options).await?;
    if report.broken_off == Some(BrokenOff::Interrupted) { Err(SetUpError::Interrupted) } else { Ok(report) }
}

fn failed_requirements(report: &Report) -> BTreeSet<String> {
    let failed = report.scenarios.iter().filter(|result| matches!(result.outcome, Outcome::Failed(_)));
    failed.flat_map(|result| &result.facts.requirements).map(ToString::to_string).collect()
}

/// The scenarios that fail although the variant does nothing that the contract forbids; all of them run.
///
/// # Errors
///
/// If the run did not come about.
pub async fn cried_wolf(variant: &'static Permitted) -> Result<Vec<String>, SetUpError> {
    let report = report_of(Options::new(Subject::Permitted(variant))).await?;
    let failed = report.scenarios.iter().filter(|result| result.is_decisive_failure());
    let mut failed: Vec<String> = failed.map(|result| result.facts.id.to_string()).collect();
    if failed.is_empty() && report.verdict() != Verdict::Conformant {
        failed.push("the run itself".to_owned());
    }
    Ok(failed)
}

fn say(text: &str) {
    let mut out = anstream::stdout().lock();
    // The score decides, whether it can be shown or not.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
