//! The feature files, embedded in the binary: parsed, expanded, and cut down to what a run asks for.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use cucumber::{
    feature::Ext as _,
    gherkin::{Feature, GherkinEnv, Scenario},
    tag::Ext as _,
};
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

use super::{
    connector::{self, Connector},
    requirements::{self, Level, RequirementId, Tier},
    scenario_id::{ScenarioId, example},
    selection::Selection,
};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// The area of scenarios of one's own.
pub(crate) const OWN_AREA: &str = "own";

/// A feature file that cannot be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeatureError {
    /// It is no Gherkin.
    #[error("{0} cannot be parsed: {1}")]
    Syntax(String, String),
    /// An outline names a column its examples do not have.
    #[error("{0} cannot be expanded: {1}")]
    Examples(String, String),
    /// A folder of one's own cannot be read.
    #[error("the features in {path} cannot be read: {source}; give a folder with .feature files")]
    Folder {
        /// The folder, or the file in it.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A folder of one's own holds no feature.
    #[error("there is no .feature file in {0}; give a folder with some")]
    NoFeatures(PathBuf),
    /// Two scenarios go by one id.
    #[error("{1} and {2} are both called {0}; give one of them another @id: tag")]
    SameId(ScenarioId, String, String),
}

/// What stands about a scenario in its file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Facts {
    /// Its id, which stays with it whatever its title.
    pub id: ScenarioId,
    /// The file, from `features/` on.
    pub file: String,
    /// The line of the scenario, or of its row of examples.
    pub line: usize,
    /// The folder.
    pub area: String,
    /// What the feature is called.
    pub feature: String,
    /// What the scenario is called.
    pub scenario: String,
    /// The connector of its row; none when the scenario is about the service itself.
    #[serde(with = "connector::by_key")]
    pub connector: Option<&'static Connector>,
    /// The requirements it proves.
    pub requirements: Vec<RequirementId>,
    /// The strictest level among them.
    pub level: Level,
    /// The tier it is tagged with.
    pub tier: Tier,
}

impl Facts {
    pub(crate) fn of(feature: &Feature, scenario: &Scenario) -> Self {
        let path = feature.path.clone().unwrap_or_default().to_string_lossy().into_owned();
        let file = path.trim_start_matches("features/").to_owned();
        let embedded = path.starts_with("features/");
        let area = if embedded { file.split('/').next().unwrap_or_default() } else { OWN_AREA }.to_owned();
        let requirements: Vec<RequirementId> =
            scenario.tags.iter().filter_map(|tag| tag.parse().ok()).collect();
        let levels = requirements.iter().filter_map(requirements::find).map(|requirement| requirement.level);
        Self {
            id: ScenarioId::of(&area, feature, scenario),
            line: scenario.position.line,
            area,
            feature: feature.name.clone(),
            scenario: scenario.name.clone(),
            connector: example(scenario, "connector").and_then(Connector::find),
            // Without a known requirement nothing can be waived.
            level: levels.max().unwrap_or(Level::Must),
            tier: if scenario.tags.iter().any(|tag| tag == "core") { Tier::Core } else { Tier::Extended },
            requirements,
            file,
        }
    }

    /// Where the scenario stands: `features/revoke/refusal.feature:12`.
    #[must_use]
    pub fn place(&self) -> String {
        if self.area == OWN_AREA {
            format!("{}:{}", self.file, self.line)
        } else {
            format!("features/{}:{}", self.file, self.line)
        }
    }

    /// What the capabilities of a target must include for this scenario to apply, each once.
    pub(crate) fn capabilities(&self) -> impl Iterator<Item = &'static str> {
        let mut seen = Vec::new();
        let of = self.requirements.iter().filter_map(requirements::find);
        for capability in of.map(requirements::Requirement::capability) {
            if !seen.contains(&capability) {
                seen.push(capability);
            }
        }
        seen.into_iter()
    }
}

/// All features of the suite, outlines expanded.
///
/// # Errors
///
/// If a file is not well formed.
pub(crate) fn all() -> Result<Vec<Feature>, FeatureError> {
    let mut files: Vec<_> = FILES.dirs().flat_map(Dir::files).collect();
    files.sort_by_key(|file| file.path());
    let parsed = files.into_iter().map(|file| {
        let name = Path::new("features").join(file.path());
        let text = file.contents_utf8();
        let text = text
            .ok_or_else(|| FeatureError::Syntax(name.display().to_string(), "it is not UTF-8".to_owned()))?;
        parse(text, name)
    });
    parsed.collect()
}

/// The features in a folder of one's own, and in the folders below it.
///
/// # Errors
///
/// If a file cannot be read or is not well formed, or if there is none.
pub(crate) fn own(folder: &Path) -> Result<Vec<Feature>, FeatureError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| FeatureError::Folder { path, source }
    };
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(unreadable(&folder))? {
            let path = entry.map_err(unreadable(&folder))?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "feature") {
                files.push(path);
            }
        }
    }
    if files.is_empty() {
        return Err(FeatureError::NoFeatures(folder.to_owned()));
    }
    files.sort();
    let read = |path: PathBuf| parse(&fs::read_to_string(&path).map_err(unreadable(&path))?, path);
    files.into_iter().map(read).collect()
}

pub(super) fn parse(text: &str, path: PathBuf) -> Result<Feature, FeatureError> {
    let name = path.display().to_string();
    let mut feature = Feature::parse(text, GherkinEnv::default())
        .map_err(|error| FeatureError::Syntax(name.clone(), error.to_string()))?;
    feature.path = Some(path);
    feature.expand_examples().map_err(|error| FeatureError::Examples(name, error.to_string()))
}

/// What stands about each scenario.
pub(crate) fn facts(features: &[Feature]) -> impl Iterator<Item = Facts> + '_ {
    features.iter().flat_map(|feature| feature.scenarios.iter().map(|of| Facts::of(feature, of)))
}

/// Sees to it that every id is there once.
///
/// # Errors
///
/// If two scenarios share one.
pub(crate) fn check_ids(features: &[Feature]) -> Result<(), FeatureError> {
    let mut seen = std::collections::HashMap::new();
    for facts in facts(features) {
        let place = facts.place();
        if let Some(other) = seen.insert(facts.id.clone(), place.clone()) {
            return Err(FeatureError::SameId(facts.id, other, place));
        }
    }
    Ok(())
}

/// The features of a selection; those of which nothing is left are left out.
pub(crate) fn select(features: Vec<Feature>, selection: &Selection) -> Vec<Feature> {
    let chosen = keep(features, |feature, scenario| is_chosen(feature, scenario, selection));
    let Some(shard) = selection.shard else { return chosen };
    // By the order of ids, so that an insertion in a file moves as few scenarios as possible to another shard.
    let mut ids: Vec<ScenarioId> = facts(&chosen).map(|facts| facts.id).collect();
    ids.sort();
    let mine: std::collections::HashSet<ScenarioId> =
        ids.into_iter().enumerate().filter(|(at, _)| shard.takes(*at)).map(|(_, id)| id).collect();
    keep(chosen, |feature, scenario| mine.contains(&Facts::of(feature, scenario).id))
}

/// The scenarios that `chosen` picks.
pub(crate) fn keep(features: Vec<Feature>, chosen: impl Fn(&Feature, &Scenario) -> bool) -> Vec<Feature> {
    let mut kept = Vec::new();
    for mut feature in features {
        let scenarios = std::mem::take(&mut feature.scenarios);
        let left: Vec<Scenario> =
            scenarios.into_iter().filter(|scenario| chosen(&feature, scenario)).collect();
        if !left.is_empty() {
            feature.scenarios = left;
            kept.push(feature);
        }
    }
    kept
}

fn is_chosen(feature: &Feature, scenario: &Scenario, selection: &Selection) -> bool {
    let connector = example(scenario, "connector").and_then(Connector::find);
    let by_connector = match connector {
        Some(connector) => selection.connectors.contains(&connector),
        // What is about the service itself runs only when no connector is singled out.
        None => selection.connectors.len() == connector::ALL.len(),
    };
    let tags = feature.tags.iter().chain(&scenario.tags);
    by_connector
        && selection.tags.as_ref().is_none_or(|expression| expression.0.eval(tags))
        && (selection.ids.is_empty() || {
            let id = Facts::of(feature, scenario).id;
            selection.ids.iter().any(|pattern| pattern.matches(&id))
        })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::conformance::scenario_id::TAG;

    fn scenarios() -> Vec<Facts> {
        facts(&all().unwrap()).collect()
    }

    #[test]
    fn every_must_and_should_is_proven_by_a_scenario_or_says_why_not() {
        let proven: BTreeSet<RequirementId> =
            scenarios().into_iter().flat_map(|facts| facts.requirements).collect();
        let binding = requirements::all().iter().filter(|requirement| requirement.level != Level::May);
        let missing: Vec<_> = binding
            .filter(|requirement| !proven.contains(&requirement.id) && requirement.without_scenario.is_none())
            .map(|requirement| &requirement.id)
            .collect();
        assert!(missing.is_empty(), "no scenario proves {missing:#?}");
        let excused = requirements::all().iter().filter(|requirement| requirement.without_scenario.is_some());
        let proven: Vec<_> =
            excused.map(|requirement| &requirement.id).filter(|id| proven.contains(id)).collect();
        assert!(proven.is_empty(), "a scenario proves {proven:?}, so that the reason why none does must go");
    }

    #[test]
    fn no_core_requirement_is_excused() {
        let core = requirements::all().iter().filter(|requirement| requirement.tier == Tier::Core);
        let excused: Vec<_> = core.filter(|requirement| requirement.without_scenario.is_some()).collect();
        assert!(excused.is_empty(), "{excused:#?}");
    }

    #[test]
    fn every_scenario_has_an_id_and_names_requirements_that_exist_and_its_tier() {
        for feature in all().unwrap() {
            for scenario in &feature.scenarios {
                let facts = Facts::of(&feature, scenario);
                let count = |is: &dyn Fn(&str) -> bool| scenario.tags.iter().filter(|tag| is(tag)).count();
                assert_eq!(count(&|tag| tag.starts_with(TAG)), 1, "{} has no @id:", facts.place());
                let tiers = count(&|tag| ["core", "extended"].contains(&tag));
                assert_eq!(tiers, 1, "{} is @core or @extended", facts.place());
                assert!(!facts.requirements.is_empty(), "{} proves nothing", facts.place());
                let known = facts.requirements.len() + 2;
                assert_eq!(known, scenario.tags.len(), "{} has odd tags", facts.place());
                for id in &facts.requirements {
                    let found = requirements::find(id);
                    assert!(found.is_some(), "{} names {id}, which does not exist", facts.place());
                }
            }
        }
    }

    #[test]
    fn a_core_scenario_proves_core_requirements_only() {
        for facts in scenarios().into_iter().filter(|facts| facts.tier == Tier::Core) {
            for requirement in facts.requirements.iter().filter_map(requirements::find) {
                let (place, id) = (facts.place(), &requirement.id);
                assert_eq!(requirement.tier, Tier::Core, "{place} is @core, {id} is not");
            }
        }
    }

    /// A scenario is as strict as the strictest requirement it names: with others beside it, it would demand more of
    /// them than they say.
    #[test]
    fn a_scenario_proves_requirements_of_one_level() {
        for facts in scenarios() {
            for requirement in facts.requirements.iter().filter_map(requirements::find) {
                let (place, id) = (facts.place(), &requirement.id);
                assert_eq!(requirement.level, facts.level, "{place} names {id} beside stricter ones");
            }
        }
    }

    #[test]
    fn an_id_is_a_slug_and_there_once() {
        check_ids(&all().unwrap()).unwrap();
        for facts in scenarios() {
            let odd = |c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || "-_/#:".contains(c));
            assert!(!facts.id.as_str().contains(odd), "{}", facts.id);
        }
    }
}
