//! What of the suite applies to a target, by what the target declares.

use cucumber::gherkin::Scenario;

use super::{
    connector,
    features::Facts,
    requirements::{self, CORE, Need},
    selection::Selection,
    target::Target,
    verdict::ScenarioResult,
};

/// Why a scenario does not apply to the target; nothing if it does.
pub(crate) fn why_not(facts: &Facts, scenario: &Scenario, target: &Target) -> Option<String> {
    if let Some(undeclared) = undeclared_connector(facts, scenario, target) {
        return Some(format!("it takes the connector {undeclared}, which the target does not declare"));
    }
    if let Some(declared) = &target.capabilities {
        let missing = |capability: &&str| *capability != CORE && !declared.iter().any(|of| of == capability);
        if let Some(missing) = facts.capabilities().find(missing) {
            return Some(format!("the target does not declare the capability {missing}"));
        }
    }
    let mut needs = facts.requirements.iter().filter_map(requirements::find).flat_map(|of| &of.needs);
    (target.stranger.is_none() && needs.any(|need| *need == Need::TwoCallers))
        .then(|| "it takes a second caller, and the target has one".to_owned())
}

/// A connector that the scenario is about, or that its steps name, and the target does not have.
fn undeclared_connector(facts: &Facts, scenario: &Scenario, target: &Target) -> Option<&'static str> {
    let declared = target.connectors.as_ref()?;
    let mentioned = |key: &str| {
        let (path, member) = (format!("/elements/{key}/"), format!("\"key\": \"{key}\""));
        scenario.steps.iter().any(|step| {
            let texts = [Some(&step.value), step.docstring.as_ref()];
            texts.into_iter().flatten().any(|text| text.contains(&path) || text.contains(&member))
        })
    };
    let missing = connector::ALL.iter().filter(|of| !declared.contains(of));
    let mut concerned = missing.filter(|of| facts.connector == Some(of) || mentioned(of.key));
    concerned.next().map(|of| of.key)
}

/// Capabilities that the target declares and no scenario tried. Of a run that was narrowed nothing can be said.
pub(crate) fn untried(target: &Target, selection: &Selection, results: &[ScenarioResult]) -> Vec<String> {
    let narrowed = selection.tags.is_some()
        || !selection.ids.is_empty()
        || selection.shard.is_some()
        || selection.connectors.len() < connector::ALL.len();
    let Some(declared) = target.capabilities.as_ref().filter(|_| !narrowed) else { return Vec::new() };
    let tried = |capability: &&String| {
        let mut ran = results.iter().filter(|result| result.has_run());
        ran.any(|result| result.facts.capabilities().any(|of| of == capability.as_str()))
    };
    declared.iter().filter(|capability| !tried(capability)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        Secret,
        conformance::{Caller, Connector, features},
    };

    fn target() -> Target {
        let caller = Caller { user_secret: Secret::from("u"), organization_secret: Secret::from("o") };
        Target::new("http://127.0.0.1:1".parse().unwrap(), caller)
    }

    /// The reasons why scenarios do not apply, by id.
    fn reasons(target: &Target) -> BTreeMap<String, String> {
        let mut reasons = BTreeMap::new();
        for feature in features::all().unwrap() {
            for scenario in &feature.scenarios {
                let facts = Facts::of(&feature, scenario);
                reasons.extend(why_not(&facts, scenario, target).map(|why| (facts.id.to_string(), why)));
            }
        }
        reasons
    }

    #[test]
    fn only_what_takes_two_callers_is_set_aside_for_a_target_that_declares_nothing() {
        let reasons = reasons(&target());
        assert!(reasons.contains_key("use/stranger-cannot-touch#box"), "{reasons:#?}");
        assert!(reasons.values().all(|why| why.contains("a second caller")), "{reasons:#?}");
    }

    #[test]
    fn a_target_of_the_core_is_asked_for_no_more() {
        let core = Target { capabilities: Some(Vec::new()), ..target() };
        let reasons = reasons(&core);
        assert!(!reasons.contains_key("reauthenticate/whole-walk#box"));
        let why = &reasons["reauthenticate/patch-by-id#box"];
        assert_eq!(why, "the target does not declare the capability reauthenticating");
    }

    #[test]
    fn a_connector_is_missed_where_it_is_named_too() {
        let declared = Connector::find("egnyte").into_iter().collect();
        let reasons = reasons(&Target { connectors: Some(declared), ..target() });
        assert!(reasons.contains_key("reauthenticate/whole-walk#box"));
        assert!(reasons.contains_key("oauth_url/url-without-header"), "its path names box");
        assert!(!reasons.contains_key("reauthenticate/whole-walk#egnyte"));
    }

    #[test]
    fn what_is_declared_wants_to_be_tried() {
        let declared = Target { capabilities: Some(vec!["objects".to_owned()]), ..target() };
        assert_eq!(untried(&declared, &Selection::default(), &[]), ["objects"]);
        let narrowed = Selection { tags: "@core".parse().ok(), ..Selection::default() };
        assert!(untried(&declared, &narrowed, &[]).is_empty());
    }
}
