//! Objects: those a create lists, and those the user defined.

use cucumber::{given, then};
use serde_json::Value;

use crate::conformance::{connector::ConnectorName, record::Outcome, world::World};

#[given(regex = r"^a resource of the organization that is mapped to an object of (\S+)$")]
async fn a_mapped_resource(world: &mut World, connector: ConnectorName) -> Outcome {
    world.map_resource(connector.0).await
}

#[then("the answer lists objects")]
fn lists_objects(world: &mut World) -> Outcome {
    let objects = world.member("objects")?;
    let some = objects.as_array().is_some_and(|objects| !objects.is_empty());
    world.check(some, "an array of objects that is not empty", objects)
}

#[then("each object has a name, a vendor name and a known type")]
fn objects_are_described(world: &mut World) -> Outcome {
    let described = |object: &Value| {
        ["name", "vendorName"]
            .iter()
            .all(|member| object[member].as_str().is_some_and(|text| !text.is_empty()))
            && object["type"].as_str().is_some_and(|kind| ["vdr", "ceCanonical", "vendor"].contains(&kind))
    };
    let odd = world.objects()?.iter().find(|object| !described(object));
    world.check(
        odd.is_none(),
        "name, vendorName and type vdr, ceCanonical or vendor",
        odd.unwrap_or(&Value::Null),
    )
}

#[then("a vendor object has one name")]
fn vendor_objects_have_one_name(world: &mut World) -> Outcome {
    let odd = world
        .objects()?
        .iter()
        .find(|object| object["type"] == "vendor" && object["name"] != object["vendorName"]);
    world.check(odd.is_none(), "name and vendorName equal", odd.unwrap_or(&Value::Null))
}

#[then("the mapped resource is among the objects")]
fn mapped_resource_is_listed(world: &mut World) -> Outcome {
    let name = world.mapped()?;
    let found = world.objects()?.iter().find(|object| object["name"] == name);
    let kind = found.map(|object| &object["type"]);
    let vdr = kind.is_some_and(|kind| kind == "vdr");
    world.check(
        vdr,
        format!("{name} with type vdr"),
        kind.map_or_else(|| "no such object".to_owned(), Value::to_string),
    )
}

#[then("the answer is an array of strings")]
fn answer_is_strings(world: &mut World) -> Outcome {
    let answer = &world.answer()?.json;
    let strings =
        answer.as_array().is_some_and(|names| !names.is_empty() && names.iter().all(Value::is_string));
    world.check(strings, "an array of strings that is not empty", answer)
}

#[then("the answer describes a vendor object and a canonical one")]
fn answer_describes_both(world: &mut World) -> Outcome {
    let answer = &world.answer()?.json;
    let has = |kind: &str| {
        let described = |object: &Value| {
            object["type"] == kind && object["name"].is_string() && object["vendorName"].is_string()
        };
        answer.as_array().is_some_and(|objects| objects.iter().any(described))
    };
    world.check(has("vendor") && has("ceCanonical"), "objects of type vendor and ceCanonical", answer)
}

#[then("every entry of the answer has a name, a vendor name and a type")]
fn entries_are_objects(world: &mut World) -> Outcome {
    let answer = &world.answer()?.json;
    let described =
        |object: &Value| ["name", "vendorName", "type"].iter().all(|member| object[member].is_string());
    let all = answer.as_array().is_some_and(|objects| !objects.is_empty() && objects.iter().all(described));
    world.check(all, "entries with name, vendorName and type", answer)
}

#[then(regex = r#"^the answer describes the object "([^"]*)" with the type "([^"]*)"$"#)]
fn answer_describes(world: &mut World, name: String, kind: String) -> Outcome {
    let answer = &world.answer()?.json;
    let described = |object: &Value| object["name"] == name.as_str() && object["type"] == kind.as_str();
    let there = answer.as_array().is_some_and(|objects| objects.iter().any(described));
    world.check(there, format!("an object {name} of type {kind}"), answer)
}

#[then(regex = r#"^the answer does not describe the object "([^"]*)"$"#)]
fn answer_does_not_describe(world: &mut World, name: String) -> Outcome {
    let answer = &world.answer()?.json;
    let there =
        answer.as_array().is_none_or(|objects| objects.iter().any(|object| object["name"] == name.as_str()));
    world.check(!there, format!("objects without {name}"), answer)
}
