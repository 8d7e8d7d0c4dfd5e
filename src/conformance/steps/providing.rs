//! What the provider saw and did.

use cucumber::{given, then, when};
use http::StatusCode;

use super::Which;
use crate::conformance::{record::Outcome, world::World};

#[when(regex = r"^the provider answers the next call with (\d+)$")]
fn answers_next_call(world: &mut World, status: u16) -> Outcome {
    let status = StatusCode::from_u16(status).map_err(|error| world.record.give_up("a status", error))?;
    let body = r#"{"code":"REHEARSED","message":"rehearsed trouble"}"#;
    world.user(0)?.trouble_next_call(status, body.to_owned());
    Ok(())
}

#[then("the provider exchanged the code once")]
fn exchanged_once(world: &mut World) -> Outcome {
    world.the_exchange(0).map(drop)
}

#[then("the exchange carried the app's key, secret and callback")]
fn exchange_carried_app(world: &mut World) -> Outcome {
    let exchange = world.the_exchange(0)?;
    let demo = &world.user(0)?.demo;
    let key = exchange.parameter("client_id");
    world.check(
        key.as_deref() == Some(demo.client_id.as_str()),
        "the app's key in the exchange",
        format!("{key:?}"),
    )?;
    let secret = exchange.parameter("client_secret").is_some_and(|sent| demo.client_secret.matches(&sent));
    world.check(secret, "the app's secret in the exchange", "none, or another")?;
    let callback = exchange.parameter("redirect_uri");
    let expected = format!("redirect_uri {:?} in the exchange", demo.redirect_uri);
    world.check(callback.as_deref() == Some(demo.redirect_uri.as_str()), expected, format!("{callback:?}"))
}

#[then("the provider was shown the token it issued for the code")]
fn shown_issued_token(world: &mut World) -> Outcome {
    let credential = world.user(0)?.credential();
    world.check_shown(0, credential.as_ref(), "the token it issued for the code")
}

#[then("the provider was shown the user's credentials")]
fn shown_credentials(world: &mut World) -> Outcome {
    let credential = world.user(0)?.credential();
    world.check_shown(0, credential.as_ref(), "the user's credentials")
}

#[then(regex = r"^the provider was shown the credentials of the (first|second) user$")]
fn shown_credentials_of(world: &mut World, which: Which) -> Outcome {
    let credential = world.user(which.0)?.credential();
    world.check_shown(which.0, credential.as_ref(), "this user's credentials")?;
    let other = world.heard(1 - which.0)?;
    world.check(other.0.is_empty(), "no call with the other user's credentials", other.tell())
}

#[then("the provider served the resource")]
fn served(world: &mut World) -> Outcome {
    world.served(0).map(drop)
}

#[then("the provider served the resource behind the object")]
fn served_behind(world: &mut World) -> Outcome {
    let asked = world.served(0)?.request().uri().to_string();
    let behind = world.user(0)?.connector.resources[0].behind;
    world.check(asked.contains(behind), format!("a call of the provider with {behind}"), asked)
}

#[then("the provider heard nothing")]
fn heard_nothing(world: &mut World) -> Outcome {
    world.check_silence()
}

#[then("the provider's token endpoint heard nothing")]
fn token_endpoint_heard_nothing(world: &mut World) -> Outcome {
    let heard = world.heard(0)?;
    let silent = heard.token_calls().next().is_none();
    world.check(silent, "no call of the provider's token endpoint", heard.tell())
}

#[then("the provider's reason is passed on")]
fn reason_is_passed_on(world: &mut World) -> Outcome {
    let words = world.refusal_words(0)?;
    let message = world.member("providerMessage")?.as_str().unwrap_or_default();
    let told = words.iter().any(|word| message.contains(word.as_str()));
    world.check(told, format!("a providerMessage with one of {words:?}"), format!("{message:?}"))
}

#[then(regex = r#"^the provider's words "([^"]*)" are passed on$"#)]
fn words_are_passed_on(world: &mut World, words: String) -> Outcome {
    let message = world.member("providerMessage")?.as_str().unwrap_or_default();
    world.check(message.contains(&words), format!("a providerMessage with {words:?}"), format!("{message:?}"))
}

#[then(regex = r#"^the provider's message is "([^"]*)"$"#)]
fn message_is(world: &mut World, message: String) -> Outcome {
    let got = world.member("providerMessage")?;
    world.check(got == message.as_str(), format!("providerMessage {message:?}"), got)
}

#[given("the instance's access token has grown old")]
async fn token_has_grown_old(world: &mut World) -> Outcome {
    world.age_token(0).await
}

#[then("the provider refreshed the token once")]
fn refreshed_once(world: &mut World) -> Outcome {
    let heard = world.heard(0)?;
    let refreshes = heard.refreshes().count();
    world.check(refreshes == 1, "one refresh at the provider", heard.tell())
}

#[then("the provider was shown the token it issued last")]
fn shown_last_token(world: &mut World) -> Outcome {
    let credential = world.user(0)?.credential();
    world.check_shown(0, credential.as_ref(), "the token it issued last")
}
