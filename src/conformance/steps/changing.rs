//! Changes that need no authentication, and deletion.

use cucumber::{gherkin::Step, then, when};
use serde_json::{Value, json};

use super::Which;
use crate::conformance::{
    record::{Failure, Outcome},
    target::Call,
    world::World,
};

#[when(regex = r#"^the caller renames the (?:(first|second) )?instance to "([^"]*)"$"#)]
async fn renames(world: &mut World, which: Which, name: String) -> Outcome {
    world.patch_by_token(which.0, &json!({ "name": name })).await
}

#[when(regex = r#"^the caller renames the instance to "([^"]*)" by its id$"#)]
async fn renames_by_id(world: &mut World, name: String) -> Outcome {
    let path = format!("/instances/{}", world.instance(0)?.id);
    world.call(Call::patch(path, &json!({ "name": name }))).await
}

#[when("the caller patches the instance")]
async fn patches(world: &mut World, step: &Step) -> Outcome {
    let body: Value = serde_json::from_str(step.docstring().map_or("", |text| text.trim()))
        .map_err(|error| world.record.give_up("a JSON body in the feature", error))?;
    world.patch_by_token(0, &body).await
}

#[when("the caller puts the instance back")]
async fn puts_back(world: &mut World) -> Outcome {
    world.put_back(0, |_| ()).await
}

#[when(regex = r"^the caller deletes the (?:(first|second) )?instance$")]
async fn deletes(world: &mut World, which: Which) -> Outcome {
    world.delete(which.0).await
}

#[when(regex = r#"^the caller changes the entry "([^"]*)" to "([^"]*)"$"#)]
async fn changes_entry(world: &mut World, key: String, value: String) -> Outcome {
    let path = format!("/instances/{}/configuration", world.instance(0)?.id);
    world.call(Call::get(path.clone())).await?;
    let entry = configuration_entry(world, &key)?["id"].to_string();
    world.call(Call::patch(format!("{path}/{entry}"), &json!({ "propertyValue": value }))).await
}

#[when(regex = r#"^the caller finds the entry "([^"]*)"$"#)]
async fn finds_entry(world: &mut World, key: String) -> Outcome {
    world.call(Call::get(format!("/instances/{}/configuration", world.instance(0)?.id))).await?;
    let id = configuration_entry(world, &key)?["id"].to_string();
    world.entry = Some(id);
    Ok(())
}

#[then("the answer is that entry")]
fn is_that_entry(world: &mut World) -> Outcome {
    let got = world.member("id")?.to_string();
    let expected = world.entry.clone().unwrap_or_default();
    world.check(got == expected, format!("id {expected}"), got)
}

#[then("each entry has an id and a key")]
fn entries_are_named(world: &mut World) -> Outcome {
    let named = |entry: &Value| {
        entry["id"].is_number() && entry["key"].is_string() && entry.get("propertyValue").is_some()
    };
    let answer = &world.answer()?.json;
    let all = answer.as_array().is_some_and(|entries| !entries.is_empty() && entries.iter().all(named));
    world.check(all, "entries with id, key and propertyValue", answer)
}

#[then("each entry has a name, a type and says whether it is required, active and hidden")]
fn entries_are_described(world: &mut World) -> Outcome {
    let described = |entry: &Value| {
        ["name", "type"].iter().all(|member| entry[member].is_string())
            && ["required", "active", "hideFromConsole"].iter().all(|member| entry[member].is_boolean())
    };
    let answer = &world.answer()?.json;
    let all = answer.as_array().is_some_and(|entries| !entries.is_empty() && entries.iter().all(described));
    world.check(all, "entries with name, type, required, active and hideFromConsole", answer)
}

#[then(regex = r#"^the entry "([^"]*)" has the value "([^"]*)"$"#)]
fn entry_has_value(world: &mut World, key: String, value: String) -> Outcome {
    let got = &configuration_entry(world, &key)?["propertyValue"];
    world.check(got == value.as_str(), format!("{key} {value:?}"), got)
}

fn configuration_entry<'w>(world: &'w World, key: &str) -> Result<&'w Value, Failure> {
    let entries = world.answer()?.json.as_array();
    let found = entries.and_then(|entries| entries.iter().find(|entry| entry["key"] == key));
    found.ok_or_else(|| world.record.refute(format!("an entry {key:?}"), "none"))
}
