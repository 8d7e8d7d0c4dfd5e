//! Calls through an instance.

use std::collections::BTreeSet;

use cucumber::{then, when};

use super::Which;
use crate::conformance::{
    record::Outcome,
    target::Call,
    world::{MAPPED, World},
};

#[when(regex = r"^the caller uses the (?:(first|second) )?instance$")]
async fn uses(world: &mut World, which: Which) -> Outcome {
    world.use_instance(which.0, 0, None).await
}

#[when("the caller uses another resource of the instance")]
async fn uses_another_resource(world: &mut World) -> Outcome {
    world.use_instance(0, 1, None).await
}

#[when(regex = r#"^the caller uses the instance under the hub "([^"]*)"$"#)]
async fn uses_under_hub(world: &mut World, hub: String) -> Outcome {
    world.use_instance(0, 0, Some(&hub)).await
}

#[when("the caller uses the instance without naming a hub")]
async fn uses_without_hub(world: &mut World) -> Outcome {
    let name = world.user(0)?.connector.resources[0].name;
    world.get_object(name).await
}

#[when("the caller uses the instance without naming it")]
async fn uses_without_element(world: &mut World) -> Outcome {
    let connector = world.user(0)?.connector;
    world.call(Call::get(format!("/hubs/{}/{}", connector.hub, connector.resources[0].name))).await
}

#[when("the caller uses the instance without the Organization part")]
async fn uses_without_organization(world: &mut World) -> Outcome {
    let connector = world.user(0)?.connector;
    let path = format!("/hubs/{}/{}", connector.hub, connector.resources[0].name);
    let call = Call::get(path).element(&world.instance(0)?.token).without_organization();
    world.call(call).await
}

#[when("the caller gets a canonical object of the instance")]
async fn gets_canonical_object(world: &mut World) -> Outcome {
    let name = world.user(0)?.connector.resources[0].name;
    world.get_object(name).await
}

/// Some objects need a parameter or are answered by the service itself, and a list has no order: the first that
/// the provider serves is the one that counts.
#[when("the caller gets a vendor object of the instance")]
async fn gets_vendor_object(world: &mut World) -> Outcome {
    let vendor = world.objects()?.iter().filter(|object| object["type"] == "vendor");
    let names: Vec<_> = vendor.filter_map(|object| object["name"].as_str()).map(ToOwned::to_owned).collect();
    if names.is_empty() {
        return Err(world.record.refute("an object of type vendor", "none"));
    }
    for name in names {
        world.get_object(&name).await?;
        if world.answer()?.status.is_success() && world.served(0).is_ok() {
            break;
        }
    }
    Ok(())
}

#[when("the caller gets the mapped resource")]
async fn gets_mapped_resource(world: &mut World) -> Outcome {
    let name = world.mapped()?.to_owned();
    world.get_object(&name).await
}

#[then("the body is the same as before")]
fn body_is_the_same(world: &mut World) -> Outcome {
    let (now, before) = (&world.answer()?.json, &world.answer_before(1)?.json);
    world.check(now == before, "the same body as before", "another")
}

/// Other scenarios map resources at the same time, for the whole organization.
#[then("the same objects are listed as before")]
fn same_objects_are_listed(world: &mut World) -> Outcome {
    let names = |json: &serde_json::Value| {
        let names = json.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        names.filter(|name| !name.starts_with(MAPPED)).map(ToOwned::to_owned).collect::<BTreeSet<_>>()
    };
    let (now, before) = (names(&world.answer()?.json), names(&world.answer_before(1)?.json));
    world.check(now == before, format!("the same objects as before: {before:?}"), format!("{now:?}"))
}

#[then("the body is the provider's own")]
fn body_is_the_providers(world: &mut World) -> Outcome {
    let served = world.served(0)?;
    let own = serde_json::from_slice::<serde_json::Value>(served.response().body()).unwrap_or_default();
    let got = &world.answer()?.json;
    world.check(*got == own, format!("the provider's body: {own}"), got)
}

#[then("every entry has the mapped field")]
fn entries_have_mapped_field(world: &mut World) -> Outcome {
    let served = world.served(0)?;
    let own = String::from_utf8_lossy(served.response().body()).into_owned();
    let answer = world.answer()?.json.clone();
    let entries = answer.as_array().filter(|entries| !entries.is_empty());
    let entries = entries.ok_or_else(|| world.record.refute("an array with entries", &answer))?;
    let mapped = |entry: &serde_json::Value| {
        entry["rehearsal"].as_str().is_some_and(|value| !value.is_empty() && own.contains(value))
    };
    world.check(
        entries.iter().all(mapped),
        "in each entry a field rehearsal with the provider's value",
        &answer,
    )
}
