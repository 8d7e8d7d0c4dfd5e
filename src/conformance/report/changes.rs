//! What has changed from one run to the next.

use std::{collections::BTreeMap, fmt};

use crate::conformance::{
    scenario_id::ScenarioId,
    verdict::{Outcome, Report},
};

/// What has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// Fails now and did not.
    pub broken: Vec<ScenarioId>,
    /// Failed and passes now.
    pub mended: Vec<ScenarioId>,
    /// Fails as it did.
    pub still_failing: Vec<ScenarioId>,
    /// Is there now, and passes or is set aside.
    pub new: Vec<ScenarioId>,
    /// Is not there any more.
    pub gone: Vec<ScenarioId>,
    /// Was set aside and is not any more, or the other way round, without a failure.
    pub moved: Vec<(ScenarioId, &'static str, &'static str)>,
}

impl Changes {
    /// Whether something fails that did not.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        !self.broken.is_empty()
    }
}

/// What has changed from `old` to `new`.
#[must_use]
pub fn changes(old: &Report, new: &Report) -> Changes {
    let by_id = |report: &Report| -> BTreeMap<ScenarioId, Outcome> {
        let results = report.scenarios.iter();
        results.map(|result| (result.facts.id.clone(), result.outcome.clone())).collect()
    };
    let fails =
        |outcome: &Outcome| matches!(outcome, Outcome::Failed(_) | Outcome::Flaky(_) | Outcome::Error(_));
    let (before, now) = (by_id(old), by_id(new));
    let mut changes = Changes::default();
    for (id, outcome) in &now {
        let id = id.clone();
        match before.get(&id) {
            _ if fails(outcome) && !before.get(&id).is_some_and(fails) => changes.broken.push(id),
            _ if fails(outcome) => changes.still_failing.push(id),
            None => changes.new.push(id),
            Some(before) if fails(before) && matches!(outcome, Outcome::Passed) => changes.mended.push(id),
            Some(before) if before.word() != outcome.word() => {
                changes.moved.push((id, before.word(), outcome.word()));
            }
            Some(_) => {}
        }
    }
    changes.gone = before.into_keys().filter(|id| !now.contains_key(id)).collect();
    changes
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("broken", &self.broken),
            ("mended", &self.mended),
            ("still failing", &self.still_failing),
            ("new", &self.new),
            ("gone", &self.gone),
        ];
        for (word, ids) in lists.iter().filter(|(_, ids)| !ids.is_empty()) {
            writeln!(f, "{word} ({})", ids.len())?;
            ids.iter().try_for_each(|id| writeln!(f, "  {id}"))?;
        }
        if !self.moved.is_empty() {
            writeln!(f, "otherwise changed ({})", self.moved.len())?;
            self.moved.iter().try_for_each(|(id, from, to)| writeln!(f, "  {id}: {from}, now {to}"))?;
        }
        if *self == Self::default() {
            writeln!(f, "nothing has changed")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::{
        requirements::Level,
        verdict::samples::{failed, report, result},
    };

    #[test]
    fn what_breaks_is_worse_and_what_is_mended_is_not() {
        let of = |slug, outcome| result(slug, Level::Must, outcome);
        let old = report([
            of("breaks", Outcome::Passed),
            of("mends", Outcome::Failed(failed())),
            of("stays", Outcome::Failed(failed())),
            of("goes", Outcome::Passed),
            of("moves", Outcome::Passed),
        ]);
        let new = report([
            of("breaks", Outcome::Failed(failed())),
            of("mends", Outcome::Passed),
            of("stays", Outcome::Failed(failed())),
            of("comes", Outcome::Passed),
            of("moves", Outcome::NotApplicable("why".into())),
        ]);
        let changes = changes(&old, &new);
        assert!(changes.is_worse());
        assert_eq!(
            changes.to_string(),
            "broken (1)\n  revoke/breaks#box\nmended (1)\n  revoke/mends#box\nstill failing (1)\n  revoke/stays#box\n\
             new (1)\n  revoke/comes#box\ngone (1)\n  revoke/goes#box\notherwise changed (1)\n  \
             revoke/moves#box: passed, now not applicable\n"
        );
        assert_eq!(super::changes(&new, &new).broken, []);
    }
}
