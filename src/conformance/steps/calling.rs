//! Calls as written in the feature, for what has no verb of its own. `$id` and `$other` stand for the ids of the
//! scenario's instances, `$name` for the first one's name, `$key`, `$hub` and `$object` for the connector's key, hub and
//! first object, `$vendorObject` and `$vendorField` for an object of the vendor and a field of it, `$tag` for the second
//! instance's tag, `$entry` for the id of the entry of the configuration that was found.

use cucumber::{gherkin::Step, when};
use http::Method;

use crate::conformance::{record::Outcome, target::Call, world::World};

#[when(regex = r#"^the caller (gets|posts|puts|patches|deletes)(?: to)? "([^"]*)"$"#)]
async fn calls(world: &mut World, verb: String, path: String, step: &Step) -> Outcome {
    let call = call(world, &verb, &path, step);
    world.call(call).await
}

#[when(regex = r#"^the caller (gets|posts|puts|patches|deletes)(?: to)? "([^"]*)" by the instance's token$"#)]
async fn calls_by_token(world: &mut World, verb: String, path: String, step: &Step) -> Outcome {
    let call = call(world, &verb, &path, step).element(&world.instance(0)?.token);
    world.call(call).await
}

#[when(regex = r#"^the caller (gets|posts)(?: to)? "([^"]*)" with the header "([^"]*)"$"#)]
async fn calls_with_header(
    world: &mut World,
    verb: String,
    path: String,
    header: String,
    step: &Step,
) -> Outcome {
    let call = call(world, &verb, &path, step).authorization(&header);
    world.call(call).await
}

#[when(regex = r#"^the caller (gets|posts)(?: to)? "([^"]*)" with "([^":]*): ([^"]*)"$"#)]
async fn calls_with(
    world: &mut World,
    verb: String,
    path: String,
    name: String,
    value: String,
    step: &Step,
) -> Outcome {
    let call = call(world, &verb, &path, step).header(&name, &value);
    world.call(call).await
}

#[when(regex = r#"^the caller gets "([^"]*)" by the instance's token with "([^":]*): ([^"]*)"$"#)]
async fn gets_by_token_with(world: &mut World, path: String, name: String, value: String) -> Outcome {
    let call = Call::get(world.fill_in(&path)).element(&world.instance(0)?.token).header(&name, &value);
    world.call(call).await
}

#[when(regex = r#"^the caller lists "([^"]*)"$"#)]
async fn lists(world: &mut World, path: String) -> Outcome {
    let path = world.fill_in(&path);
    world.list(Call::get(path)).await
}

#[when(regex = r"^the caller looks (\S+) up$")]
async fn looks_up(world: &mut World, key: String) -> Outcome {
    world.call(Call::get(format!("/elements/{key}"))).await
}

#[when(regex = r#"^the caller looks (\S+) up by its number(?: at "([^"]*)")?$"#)]
async fn looks_up_by_number(world: &mut World, key: String, below: String) -> Outcome {
    world.call(Call::get(format!("/elements/{key}"))).await?;
    let (number, below) = (world.member("id")?.to_string(), world.fill_in(&below));
    world.call(Call::get(format!("/elements/{number}{below}"))).await
}

#[when(regex = r"^the caller lists the instances at the number of (\S+)$")]
async fn lists_at_number(world: &mut World, key: String) -> Outcome {
    world.call(Call::get(format!("/elements/{key}"))).await?;
    let number = world.member("id")?.to_string();
    world.list(Call::get(format!("/elements/{number}/instances"))).await
}

fn call(world: &World, verb: &str, path: &str, step: &Step) -> Call {
    let method = match verb {
        "posts" => Method::POST,
        "puts" => Method::PUT,
        "patches" => Method::PATCH,
        "deletes" => Method::DELETE,
        _ => Method::GET,
    };
    let call = Call::new(method, world.fill_in(path));
    match step.docstring() {
        Some(text) => call.text(&world.fill_in(text.trim())),
        None => call,
    }
}
