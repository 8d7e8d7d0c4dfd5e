//! How an instance gets new credentials.

use cucumber::when;
use serde_json::json;

use super::Which;
use crate::conformance::{record::Outcome, world::World};

#[when(regex = r"^the caller reauthenticates the (?:(first|second) )?instance with the new code$")]
async fn reauthenticates(world: &mut World, which: Which) -> Outcome {
    world.reauthenticate(which.0).await
}

#[when("the caller reauthenticates the instance by its id")]
async fn reauthenticates_by_id(world: &mut World) -> Outcome {
    world.reauthenticate_by_id(0).await
}

#[when("the caller reauthenticates the instance with a code nobody issued")]
async fn reauthenticates_with_nobodys_code(world: &mut World) -> Outcome {
    world.patch_by_token(0, &json!({ "providerData": { "code": "nobody-issued-this-code" } })).await
}

#[when("the caller reauthenticates the instance with an empty code")]
async fn reauthenticates_with_empty_code(world: &mut World) -> Outcome {
    world.patch_by_token(0, &json!({ "providerData": { "code": "" } })).await
}

#[when("the caller puts the instance back with the new code")]
async fn puts_back_with_code(world: &mut World) -> Outcome {
    world.put_back_with_code(0).await
}

#[when("the caller patches the instance with the new password")]
async fn patches_password(world: &mut World) -> Outcome {
    let configuration = world.new_password(0)?;
    world.patch_by_token(0, &json!({ "configuration": configuration })).await
}

#[when("the caller puts the instance back with the new password")]
async fn puts_back_with_password(world: &mut World) -> Outcome {
    let password = world.new_password(0)?["password"].clone();
    world.put_back(0, |body| body["configuration"]["password"] = password).await
}

#[when(regex = r#"^the caller replaces the instance by its token with the new code and the name "([^"]*)"$"#)]
async fn replaces_by_token(world: &mut World, name: String) -> Outcome {
    world.replace_by_token(0, &name).await
}
