//! The feature files, embedded in the binary: parsed, expanded, and cut down to what a run asks for.

use std::path::PathBuf;

use cucumber::{
    feature::Ext as _,
    gherkin::{Feature, GherkinEnv, Scenario},
    tag::Ext as _,
};
use include_dir::{Dir, File, include_dir};

use super::{
    connector::Connector,
    requirements::{self, Level, RequirementId, Tier},
    selection::Selection,
};

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// A feature file that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum FeatureError {
    /// It is no Gherkin.
    #[error("features/{0} cannot be parsed: {1}")]
    Syntax(String, String),
    /// An outline names a column its examples do not have.
    #[error("features/{0} cannot be expanded: {1}")]
    Examples(String, String),
}

/// What stands about a scenario in its file.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Facts {
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
        let requirements: Vec<RequirementId> =
            scenario.tags.iter().filter_map(|tag| tag.parse().ok()).collect();
        let levels = requirements.iter().filter_map(requirements::find).map(|requirement| requirement.level);
        Self {
            line: scenario.position.line,
            area: file.split('/').next().unwrap_or_default().to_owned(),
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
        format!("features/{}:{}", self.file, self.line)
    }
}

/// The value of a column in an expanded scenario's row of examples.
fn example<'s>(scenario: &'s Scenario, column: &str) -> Option<&'s str> {
    let rows = &scenario.examples.first()?.table.as_ref()?.rows;
    let at = rows.first()?.iter().position(|name| name == column)?;
    Some(rows.get(1)?.get(at)?.as_str())
}

/// All features, outlines expanded.
///
/// # Errors
///
/// If a file is not well formed.
pub(crate) fn all() -> Result<Vec<Feature>, FeatureError> {
    let mut files: Vec<&File<'_>> = FILES.dirs().flat_map(Dir::files).collect();
    files.sort_by_key(|file| file.path());
    files.into_iter().map(parse).collect()
}

fn parse(file: &File<'_>) -> Result<Feature, FeatureError> {
    let name = || file.path().to_string_lossy().into_owned();
    let text =
        file.contents_utf8().ok_or_else(|| FeatureError::Syntax(name(), "it is not UTF-8".to_owned()))?;
    let mut feature = Feature::parse(text, GherkinEnv::default())
        .map_err(|error| FeatureError::Syntax(name(), error.to_string()))?;
    feature.path = Some(PathBuf::from("features").join(file.path()));
    feature.expand_examples().map_err(|error| FeatureError::Examples(name(), error.to_string()))
}

/// The features of a selection; those of which nothing is left are left out.
pub(crate) fn select(features: Vec<Feature>, selection: &Selection) -> Vec<Feature> {
    let mut selected = Vec::new();
    for mut feature in features {
        let scenarios = std::mem::take(&mut feature.scenarios);
        let chosen = |scenario: &Scenario| is_chosen(&feature, scenario, selection);
        let left: Vec<Scenario> = scenarios.into_iter().filter(chosen).collect();
        if !left.is_empty() {
            feature.scenarios = left;
            selected.push(feature);
        }
    }
    selected
}

fn is_chosen(feature: &Feature, scenario: &Scenario, selection: &Selection) -> bool {
    let connector = example(scenario, "connector").and_then(Connector::find);
    let by_connector = match connector {
        Some(connector) => selection.connectors.contains(&connector),
        // What is about the service itself runs only when no connector is singled out.
        None => selection.connectors.len() == super::connector::ALL.len(),
    };
    let tags = feature.tags.iter().chain(&scenario.tags);
    by_connector && selection.tags.as_ref().is_none_or(|expression| expression.0.eval(tags))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn scenarios() -> Vec<Facts> {
        let features = all().unwrap();
        features
            .iter()
            .flat_map(|feature| feature.scenarios.iter().map(|of| Facts::of(feature, of)))
            .collect()
    }

    #[test]
    fn every_core_requirement_is_proven_by_a_scenario() {
        let proven: BTreeSet<RequirementId> =
            scenarios().into_iter().flat_map(|facts| facts.requirements).collect();
        let core = requirements::all().iter().filter(|requirement| requirement.tier == Tier::Core);
        let missing: Vec<_> = core.filter(|requirement| !proven.contains(&requirement.id)).collect();
        assert!(missing.is_empty(), "no scenario proves {missing:#?}");
    }

    #[test]
    fn every_scenario_names_requirements_that_exist_and_its_tier() {
        for feature in all().unwrap() {
            for scenario in &feature.scenarios {
                let facts = Facts::of(&feature, scenario);
                let tiers =
                    scenario.tags.iter().filter(|tag| ["core", "extended"].contains(&tag.as_str())).count();
                assert_eq!(tiers, 1, "{} is @core or @extended", facts.place());
                assert!(!facts.requirements.is_empty(), "{} proves nothing", facts.place());
                assert_eq!(
                    facts.requirements.len() + 1,
                    scenario.tags.len(),
                    "{} has odd tags",
                    facts.place()
                );
                for id in &facts.requirements {
                    assert!(
                        requirements::find(id).is_some(),
                        "{} names {id}, which does not exist",
                        facts.place()
                    );
                }
            }
        }
    }

    #[test]
    fn a_core_scenario_proves_core_requirements_only() {
        for facts in scenarios().into_iter().filter(|facts| facts.tier == Tier::Core) {
            for requirement in facts.requirements.iter().filter_map(requirements::find) {
                assert_eq!(
                    requirement.tier,
                    Tier::Core,
                    "{} is @core, {} is not",
                    facts.place(),
                    requirement.id
                );
            }
        }
    }

    #[test]
    fn no_two_scenarios_look_alike() {
        let mut seen = BTreeSet::new();
        for facts in scenarios() {
            let key = facts.connector.map(|connector| connector.key);
            assert!(
                seen.insert((facts.file.clone(), facts.scenario.clone(), key, facts.line)),
                "{}",
                facts.place()
            );
        }
    }
}
