//! Reading instances, one or many.

use cucumber::{then, when};
use serde_json::Value;

use super::Which;
use crate::{
    Clock,
    conformance::{record::Outcome, target::Call, world::World},
};

#[when("the caller reads the instance by its token")]
async fn reads_by_token(world: &mut World) -> Outcome {
    world.read_by_token(0).await
}

#[when("the caller reads the instance by its id")]
async fn reads_by_id(world: &mut World) -> Outcome {
    world.read_by_id(0).await
}

#[when(regex = r#"^the caller reads the instance with the header "([^"]*)"$"#)]
async fn reads_with_header(world: &mut World, header: String) -> Outcome {
    let call = Call::get("/instances").element(&world.instance(0)?.token).authorization(&header);
    world.list(call).await
}

#[when("the caller lists all instances")]
async fn lists_all(world: &mut World) -> Outcome {
    world.list(Call::get("/instances")).await
}

#[when("the caller lists the instances with that tag")]
async fn lists_by_tag(world: &mut World) -> Outcome {
    let tag = world.own_tag()?.to_owned();
    world.list(Call::get("/instances").query("tags[]", &tag)).await
}

#[then("every instance listed carries that tag")]
fn all_carry_tag(world: &mut World) -> Outcome {
    let tag = world.own_tag()?;
    let carries =
        |entry: &Value| entry["tags"].as_array().is_some_and(|tags| tags.iter().any(|of| of == tag));
    let without = world.listed().iter().filter(|entry| !carries(entry)).count();
    world.check(
        without == 0,
        format!("the tag {tag:?} on every instance"),
        format!("{without} instances without it"),
    )
}

#[then(regex = r"^the list contains the (?:(first|second) )?instance$")]
fn list_contains(world: &mut World, which: Which) -> Outcome {
    let found = world.listed_entry(which.0)?.is_some();
    world.check(found, format!("the instance {} in the list", world.instance(which.0)?.id), "it is not there")
}

#[then(regex = r"^the list does not contain the (?:(first|second) )?instance$")]
fn list_lacks(world: &mut World, which: Which) -> Outcome {
    let found = world.listed_entry(which.0)?.is_some();
    world.check(!found, format!("no instance {} in the list", world.instance(which.0)?.id), "it is there")
}

#[then("the instance's configuration shows an access token")]
fn shows_token(world: &mut World) -> Outcome {
    world.shown_token().map(drop)
}

#[then("the access token shown is the one the provider issued for the code")]
#[then("the access token shown is the one the provider issued last")]
fn shows_issued_token(world: &mut World) -> Outcome {
    let shown = world.shown_token()?;
    let issued = world.user(0)?.heard().issued().map(|issued| issued.access);
    world.check(issued.as_ref() == Some(&shown), "the token that the provider issued last", "another token")
}

#[then("the access token shown is not the revoked one")]
fn shows_another_token(world: &mut World) -> Outcome {
    let shown = crate::conformance::heard::Shown::Token(world.shown_token()?);
    world.check(*world.revoked(0)? != shown, "another token than the revoked one", "the revoked one")
}

#[then("the app's secret is nowhere in the answer")]
fn app_secret_is_covered(world: &mut World) -> Outcome {
    let secret = world.user(0)?.demo.client_secret.expose();
    let found = world.answer()?.text().contains(secret);
    world.check(!found, "no secret of the app in the answer", "the app's secret in clear")
}

#[then("the secrets in the configuration are covered by eight asterisks")]
fn secrets_are_asterisks(world: &mut World) -> Outcome {
    let configuration = &world.answered_instance()?["configuration"];
    let secrets: &[&str] = if world.user(0)?.connector.takes_codes() {
        &["oauth.api.key", "oauth.api.secret"]
    } else {
        &["password"]
    };
    for name in secrets {
        let got = &configuration[name];
        world.check(got == "********", format!("{name} as ********"), got)?;
    }
    Ok(())
}

#[then("the configuration is not empty and holds only strings and nulls")]
fn configuration_is_flat(world: &mut World) -> Outcome {
    let members = world.answered_instance()?["configuration"].as_object().cloned().unwrap_or_default();
    world.check(!members.is_empty(), "a configuration", "none")?;
    let other: Vec<&String> = members
        .iter()
        .filter(|(_, value)| !value.is_string() && !value.is_null())
        .map(|(name, _)| name)
        .collect();
    world.check(other.is_empty(), "strings and nulls", format!("other values in {other:?}"))
}

#[then("the answer shows the same id and token")]
fn same_id_and_token(world: &mut World) -> Outcome {
    let (answered, instance) = (world.answered_instance()?, world.instance(0)?);
    let id = answered["id"].to_string();
    world.check(id == instance.id, format!("id {}", instance.id), id)?;
    let same = answered["token"].as_str().is_some_and(|token| instance.token.matches(token));
    world.check(same, "the token of the create", "another")
}

#[then("the answer shows the same name, tags and creation date")]
fn same_labels(world: &mut World) -> Outcome {
    same(world, &["name", "tags", "createdDate"])
}

#[then("the answer shows the same creation date")]
fn same_date(world: &mut World) -> Outcome {
    same(world, &["createdDate"])
}

#[then("the answer shows the same tags and creation date")]
fn same_tags(world: &mut World) -> Outcome {
    same(world, &["tags", "createdDate"])
}

fn same(world: &World, members: &[&str]) -> Outcome {
    let (answered, created) = (world.answered_instance()?, &world.instance(0)?.created);
    for member in members {
        let (expected, got) = (&created[member], &answered[member]);
        world.check(expected == got, format!("{member} {expected}"), got)?;
    }
    Ok(())
}

#[then("the second instance is as it was")]
async fn second_is_as_it_was(world: &mut World) -> Outcome {
    world.read_by_id(1).await?;
    let (answered, created) = (world.answered_instance()?, &world.instance(1)?.created);
    for member in ["id", "token", "name", "tags", "createdDate", "configuration"] {
        let (expected, got) = (&created[member], &answered[member]);
        world.check(expected == got, format!("{member} {expected}"), got)?;
    }
    Ok(())
}

#[then("the answer shows the same configuration")]
fn same_configuration(world: &mut World) -> Outcome {
    same(world, &["configuration"])
}

#[then("of the configuration nothing but the user's tokens has changed")]
fn only_tokens_changed(world: &mut World) -> Outcome {
    let none = serde_json::Map::new();
    let created = world.instance(0)?.created["configuration"].as_object().unwrap_or(&none);
    let now = world.answered_instance()?["configuration"].as_object().unwrap_or(&none);
    let keys = created.keys().chain(now.keys().filter(|key| !created.contains_key(*key)));
    let changed: Vec<&String> =
        keys.filter(|key| !key.starts_with("oauth.user.") && created.get(*key) != now.get(*key)).collect();
    world.check(
        !now.is_empty() && changed.is_empty(),
        "the configuration of the create, but for oauth.user.*",
        format!("changes of {changed:?}"),
    )
}

#[then("every instance listed has a creation date")]
fn listed_are_dated(world: &mut World) -> Outcome {
    let undated = world.listed().iter().filter(|entry| !entry["createdDate"].is_string()).count();
    world.check(undated == 0, "createdDate of every instance", format!("{undated} without"))
}

#[then(regex = r#"^of the configuration only "([^"]*)" has changed$"#)]
fn only_one_key_changed(world: &mut World, key: String) -> Outcome {
    let none = serde_json::Map::new();
    let created = world.instance(0)?.created["configuration"].as_object().unwrap_or(&none);
    let now = world.answered_instance()?["configuration"].as_object().unwrap_or(&none);
    let changed: Vec<&String> = created.keys().filter(|of| created.get(*of) != now.get(*of)).collect();
    world.check(changed == [&key], format!("a change of {key:?} alone"), format!("changes of {changed:?}"))
}

#[then(regex = r"^every instance listed belongs to (\S+)$")]
fn all_belong_to(world: &mut World, key: String) -> Outcome {
    let strange = world.listed().iter().filter(|entry| entry["element"]["key"] != key.as_str()).count();
    world.check(strange == 0, format!("instances of {key} only"), format!("{strange} of other connectors"))
}

#[then(regex = r#"^the configuration has "([^"]*)" as "([^"]*)"$"#)]
fn configuration_has(world: &mut World, key: String, value: String) -> Outcome {
    let got = &world.answered_instance()?["configuration"][&key];
    world.check(got == value.as_str(), format!("{key} {value:?}"), got)
}

#[then("the configuration shows the user's name")]
fn configuration_shows_name(world: &mut World) -> Outcome {
    let got = &world.answered_instance()?["configuration"]["username"];
    let name = world.user(0)?.demo.login.as_str();
    world.check(got == name, format!("username {name:?}"), got)
}

#[then("the configuration says that the token was issued within the last minute")]
fn token_is_recent(world: &mut World) -> Outcome {
    let got = &world.answered_instance()?["configuration"]["oauth.user.refresh_time"];
    let issued = got.as_str().and_then(|text| text.parse::<i64>().ok());
    let now = Clock::system().now().as_millis();
    let recent = issued.is_some_and(|issued| (now - issued).abs() <= 60_000);
    world.check(recent, format!("oauth.user.refresh_time within a minute of {now}"), got)
}

#[then(regex = r"^(\d+) instances are listed, each once$")]
fn listed_once(world: &mut World, count: usize) -> Outcome {
    let mut ids: Vec<String> = world.listed().iter().map(|entry| entry["id"].to_string()).collect();
    let listed = ids.len();
    ids.sort();
    ids.dedup();
    let got = format!("{listed} entries with {} ids", ids.len());
    world.check(listed == count && ids.len() == count, format!("{count} entries with as many ids"), got)
}

#[then("every instance listed has an id, a token and a connector")]
fn listed_are_named(world: &mut World) -> Outcome {
    let named = |entry: &&Value| {
        entry["id"].is_number()
            && entry["token"].is_string()
            && entry["element"]["id"].is_number()
            && entry["element"]["key"].is_string()
    };
    let odd = world.listed().iter().filter(|entry| !named(entry)).count();
    let got = format!("{odd} of {} without", world.listed().len());
    world.check(odd == 0 && !world.listed().is_empty(), "id, token, element.id and element.key of each", got)
}

#[then("every instance listed is described in full")]
fn listed_in_full(world: &mut World) -> Outcome {
    let full = |entry: &&Value| {
        entry["name"].is_string()
            && entry["valid"].is_boolean()
            && entry["tags"].is_array()
            && entry["user"].is_object()
            && entry["configuration"].is_object()
    };
    let odd = world.listed().iter().find(|entry| !full(entry));
    world.check(
        odd.is_none(),
        "name, valid, tags, user and configuration of each",
        odd.unwrap_or(&Value::Null),
    )
}

#[then(regex = r"^every entry that (\S+) defines as a password is covered$")]
async fn passwords_are_covered(world: &mut World, key: String) -> Outcome {
    let shown = world.answered_instance()?["configuration"].clone();
    world.call(Call::get(format!("/elements/{key}"))).await?;
    let defined = world.member("configuration")?.as_array().cloned().unwrap_or_default();
    let passwords = defined.iter().filter(|of| of["type"] == "PASSWORD").filter_map(|of| of["key"].as_str());
    for name in passwords.filter(|name| !shown[name].is_null()) {
        world.check(shown[name] == "********", format!("{name} as ********"), &shown[name])?;
    }
    Ok(())
}

#[then("the configuration of the connector is defined by key, name, type and whether it is required")]
fn configuration_is_defined(world: &mut World) -> Outcome {
    let defined = world.member("configuration")?;
    let complete = |of: &Value| {
        of["key"].is_string()
            && of["name"].is_string()
            && of["type"].is_string()
            && of["required"].is_boolean()
    };
    let entries =
        defined.as_array().is_some_and(|entries| !entries.is_empty() && entries.iter().all(complete));
    world.check(entries, "definitions with key, name, type and required", defined)
}
