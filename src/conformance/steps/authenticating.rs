//! Users, their access, and the creation of instances.

use cucumber::{given, then, when};

use super::Which;
use crate::conformance::{
    connector::ConnectorName,
    record::Outcome,
    target::Call,
    world::{Draft, Where, World},
};

#[given(regex = r"^a user of (\S+)$")]
fn a_user(world: &mut World, connector: ConnectorName) {
    world.add_user(connector.0);
}

#[given(regex = r"^a user of (\S+) who has granted access$")]
async fn a_user_with_access(world: &mut World, connector: ConnectorName) -> Outcome {
    world.add_user(connector.0);
    world.grant_access(0).await
}

#[given(regex = r"^an instance of (\S+)$")]
async fn an_instance(world: &mut World, connector: ConnectorName) -> Outcome {
    world.add_instance(connector.0, Draft::default()).await
}

#[given(regex = r"^an instance of a second user(?: with a tag of its own)?$")]
async fn a_second_instance(world: &mut World) -> Outcome {
    world.add_second_instance().await
}

#[given(regex = r"^a revoked instance of (\S+)$")]
async fn a_revoked_instance(world: &mut World, connector: ConnectorName) -> Outcome {
    world.add_instance(connector.0, Draft::default()).await?;
    world.revoke(0).await
}

#[when(regex = r"^the (?:(first|second) )?user grants access again$")]
async fn grants_access_again(world: &mut World, which: Which) -> Outcome {
    world.grant_access(which.0).await
}

#[when("the caller creates an instance")]
#[when("the caller creates another instance with the same code")]
async fn creates(world: &mut World) -> Outcome {
    world.create(0, Draft::default()).await
}

#[when(regex = r#"^the caller creates an instance named "([^"]*)"$"#)]
async fn creates_named(world: &mut World, name: String) -> Outcome {
    world.create(0, Draft { name, ..Draft::default() }).await
}

#[when(regex = r#"^the caller creates an instance named "([^"]*)" with the tag "([^"]*)"$"#)]
async fn creates_with_tag(world: &mut World, name: String, tag: String) -> Outcome {
    world.create(0, Draft { name, tags: Some(vec![tag]), ..Draft::default() }).await
}

#[when(regex = r#"^the caller creates an instance named "([^"]*)" with the tags "([^"]*)" and "([^"]*)"$"#)]
async fn creates_with_tags(world: &mut World, name: String, tag: String, other: String) -> Outcome {
    world.create(0, Draft { name, tags: Some(vec![tag, other]), ..Draft::default() }).await
}

#[when("the caller creates an instance without tags")]
async fn creates_without_tags(world: &mut World) -> Outcome {
    world.create(0, Draft { tags: None, ..Draft::default() }).await
}

#[when(regex = r#"^the caller creates an instance named "([^"]*)" without tags$"#)]
async fn creates_named_without_tags(world: &mut World, name: String) -> Outcome {
    world.create(0, Draft { name, tags: None, ..Draft::default() }).await
}

#[when("the caller creates an instance and asks for its objects")]
async fn creates_with_objects(world: &mut World) -> Outcome {
    world.create(0, Draft { objects: Some(true), ..Draft::default() }).await
}

#[when("the caller creates an instance and asks for none of its objects")]
async fn creates_without_objects(world: &mut World) -> Outcome {
    let extra = Draft { objects: Some(false), ..Draft::default() };
    world.create(0, extra).await
}

#[when("the caller creates an instance with the Element part of the first")]
async fn creates_beside(world: &mut World) -> Outcome {
    let beside = Some(world.instance(0)?.token.clone());
    world.create(0, Draft { beside, ..Draft::default() }).await
}

#[when("the caller creates an instance at the path of the connector's number")]
async fn creates_at_number(world: &mut World) -> Outcome {
    world.create(0, Draft { at: Where::Number, ..Draft::default() }).await
}

#[when("the caller creates an instance at the path of the connector's number and asks for its objects")]
async fn creates_at_number_with_objects(world: &mut World) -> Outcome {
    world.create(0, Draft { at: Where::Number, objects: Some(true), ..Draft::default() }).await
}

#[when("the caller creates an instance at the path of the connector's key")]
async fn creates_at_key(world: &mut World) -> Outcome {
    world.create(0, Draft { at: Where::Key, ..Draft::default() }).await
}

#[when("the caller creates an instance at the path of the connector's key and names the connector again")]
async fn creates_named_twice(world: &mut World) -> Outcome {
    world.create(0, Draft { at: Where::Key, named_twice: true, ..Draft::default() }).await
}

#[when("the caller creates an instance without a code")]
async fn creates_without_code(world: &mut World) -> Outcome {
    world.create(0, Draft { code: Some(None), ..Draft::default() }).await
}

#[when("the caller creates an instance with a code nobody issued")]
async fn creates_with_nobodys_code(world: &mut World) -> Outcome {
    world.create(0, Draft::with_nobodys_code()).await
}

#[then("the instance has an id and a token")]
fn has_id_and_token(world: &mut World) -> Outcome {
    let (id, token) = (world.member("id")?, world.member("token")?);
    world.check(id.is_number(), "a numeric id", id)?;
    let token = token.as_str().unwrap_or_default();
    world.check(!token.is_empty(), "a token that is not empty", "none")
}

#[then("the two instances differ in id and token")]
fn differ_in_id_and_token(world: &mut World) -> Outcome {
    let (one, other) = (world.instance(0)?, world.instance(1)?);
    world.check(one.id != other.id, "two ids", &one.id)?;
    world.check(one.token != other.token, "two tokens", "the same token twice")
}

#[then("the tokens have at least 22 characters and little in common")]
fn tokens_are_random(world: &mut World) -> Outcome {
    let (one, other) = (world.instance(0)?.token.expose(), world.instance(1)?.token.expose());
    let shortest = one.len().min(other.len());
    world.check(shortest >= 22, "at least 22 characters", shortest)?;
    let common = one.bytes().zip(other.bytes()).filter(|(one, other)| one == other).count();
    world.check(
        common * 2 < shortest,
        "less than half in common",
        format!("{common} of {shortest} characters"),
    )
}

#[then(regex = r"^the instance belongs to (\S+)$")]
fn belongs_to(world: &mut World, connector: ConnectorName) -> Outcome {
    let key = world.member("element.key")?;
    world.check(key == connector.0.key, format!("element.key {:?}", connector.0.key), key)
}

#[then(regex = r#"^the instance is named "([^"]*)"$"#)]
fn is_named(world: &mut World, name: String) -> Outcome {
    let got = world.member("name")?;
    world.check(got == name.as_str(), format!("name {name:?}"), got)
}

#[then(regex = r#"^the instance carries exactly the tags "([^"]*)" and "([^"]*)"$"#)]
fn carries_tags(world: &mut World, tag: String, other: String) -> Outcome {
    let (expected, got) = (serde_json::json!([tag, other]), world.member("tags")?);
    world.check(*got == expected, format!("tags {expected}"), got)
}

#[then("the only tag of the instance is its name")]
fn tag_is_name(world: &mut World) -> Outcome {
    let (expected, got) = (serde_json::json!([world.member("name")?]), world.member("tags")?);
    world.check(*got == expected, format!("tags {expected}"), got)
}

#[then("the caller has no instance of that name")]
async fn no_instance_of_that_name(world: &mut World) -> Outcome {
    let name = world.last_name().to_owned();
    world.list(Call::get("/instances").query("searchText", &name)).await?;
    let named = world.listed().iter().filter(|instance| instance["name"] == name.as_str()).count();
    world.check(named == 0, format!("no instance called {name:?}"), format!("{named} of them"))
}

#[when(
    regex = r#"^the caller creates an instance with the configuration "([^"]*)" (\S+) and "([^"]*)" (\S+)$"#
)]
async fn creates_configured(
    world: &mut World,
    key: String,
    value: String,
    other: String,
    its: String,
) -> Outcome {
    let scalar = |text: String| serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
    let extra = vec![(key, scalar(value)), (other, scalar(its))];
    world.create(0, Draft { extra, ..Draft::default() }).await
}
