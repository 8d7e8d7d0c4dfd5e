//! What another caller tries with somebody's instance.

use cucumber::{then, when};
use serde_json::json;

use crate::conformance::{record::Outcome, target::Call, world::World};

#[when("another caller reads the instance by its id")]
async fn stranger_reads(world: &mut World) -> Outcome {
    let path = format!("/instances/{}", world.instance(0)?.id);
    world.call(Call::get(path).by_stranger()).await
}

#[when("another caller renames the instance by its id")]
async fn stranger_renames(world: &mut World) -> Outcome {
    let path = format!("/instances/{}", world.instance(0)?.id);
    world.call(Call::patch(path, &json!({ "name": "Taken over" })).by_stranger()).await
}

#[when("another caller deletes the instance")]
async fn stranger_deletes(world: &mut World) -> Outcome {
    let path = format!("/instances/{}", world.instance(0)?.id);
    world.call(Call::delete(path).by_stranger()).await
}

#[when("another caller lists all instances")]
async fn stranger_lists(world: &mut World) -> Outcome {
    world.list(Call::get("/instances").by_stranger()).await
}

#[when("another caller uses the instance")]
async fn stranger_uses(world: &mut World) -> Outcome {
    let connector = world.user(0)?.connector;
    let path = format!("/hubs/{}/{}", connector.hub, connector.resources[0].name);
    let call = Call::get(path).element(&world.instance(0)?.token).by_stranger();
    world.call(call).await
}

#[then("the instance's token is nowhere in the answer")]
fn token_is_not_told(world: &mut World) -> Outcome {
    let found = world.answer()?.text().contains(world.instance(0)?.token.expose());
    world.check(!found, "no Element token in the answer", "the instance's token")
}
