//! The OAuth URL, and what the user does there.

use cucumber::{then, when};

use crate::conformance::{browser::Decision, connector::ConnectorName, record::Outcome, world::World};

#[when("the caller asks for the OAuth URL")]
async fn asks_for_url(world: &mut World) -> Outcome {
    world.ask_for_url(0, None).await
}

#[when(regex = r#"^the caller asks for the OAuth URL with the state "([^"]*)"$"#)]
async fn asks_for_url_with_state(world: &mut World, state: String) -> Outcome {
    world.ask_for_url(0, Some(&state)).await
}

#[when("the user follows the URL and consents")]
async fn consents(world: &mut World) -> Outcome {
    world.visit(0, Decision::Allow).await
}

#[when("the user follows the URL and refuses")]
async fn refuses(world: &mut World) -> Outcome {
    world.visit(0, Decision::Deny).await
}

#[then(regex = r"^it holds the OAuth URL of (\S+)$")]
fn holds_url(world: &mut World, connector: ConnectorName) -> Outcome {
    let element = world.member("element")?;
    world.check(element == connector.0.key, format!("element {:?}", connector.0.key), element)?;
    world.oauth_url().map(drop)
}

#[then(regex = r#"^the URL's parameter "([^"]*)" is "([^"]*)"$"#)]
fn url_parameter(world: &mut World, name: String, value: String) -> Outcome {
    let got: Vec<String> = url_parameters(world, &name)?;
    world.check(got == [value.as_str()], format!("{name} {value:?}"), format!("{got:?}"))
}

#[then("the URL's client id and redirect URI are the app's")]
fn url_names_app(world: &mut World) -> Outcome {
    let (id, callback) = (url_parameters(world, "client_id")?, url_parameters(world, "redirect_uri")?);
    let demo = &world.user(0)?.demo;
    world.check(
        id == [demo.client_id.as_str()],
        format!("client_id {}", demo.client_id),
        format!("{id:?}"),
    )?;
    let expected = format!("redirect_uri {}", demo.redirect_uri);
    world.check(callback == [demo.redirect_uri.as_str()], expected, format!("{callback:?}"))
}

fn url_parameters(world: &World, name: &str) -> Result<Vec<String>, crate::conformance::record::Failure> {
    let pairs = world.oauth_url()?.query_pairs();
    Ok(pairs.filter(|(of, _)| of == name).map(|(_, value)| value.into_owned()).collect())
}

// On a provider double the subdomain cannot be part of a host name (section 7, row 33).
#[then("the subdomain leads the URL")]
fn subdomain_leads(world: &mut World) -> Outcome {
    let subdomain = world.user(0)?.subdomain().unwrap_or_default().to_owned();
    let url = world.oauth_url()?;
    let label = url.host_str().unwrap_or_default().split('.').next();
    let segment = url.path_segments().and_then(|mut segments| segments.next());
    let leads = label == Some(subdomain.as_str()) || segment == Some(subdomain.as_str());
    world.check(
        leads,
        format!("{subdomain:?} first in the host or path"),
        url.as_str().split('?').next().unwrap_or_default(),
    )
}

#[then(regex = r#"^the callback receives a code and the state "([^"]*)"$"#)]
fn receives_code(world: &mut World, state: String) -> Outcome {
    let code = world.received("code")?;
    world.check(code.is_some_and(|code| !code.is_empty()), "a code at the callback", "none")?;
    let got = world.received("state")?;
    world.check(got.as_deref() == Some(state.as_str()), format!("state {state:?}"), format!("{got:?}"))
}

#[then("the callback receives an error and no code")]
fn receives_error(world: &mut World) -> Outcome {
    let (error, code) = (world.received("error")?, world.received("code")?);
    world.check(error.is_some_and(|error| !error.is_empty()), "an error at the callback", "none")?;
    world.check(code.is_none(), "no code at the callback", "a code")
}

#[then(regex = r"^the URL stays with (\S+), or there is none$")]
fn url_stays(world: &mut World, connector: ConnectorName) -> Outcome {
    let url = world.member("oauthUrl")?.as_str().unwrap_or_default().to_owned();
    let provider = world.provider_of(connector.0);
    let host = url::Url::parse(&url).ok().and_then(|url| url.host_str().map(ToOwned::to_owned));
    let stays = host.is_none() || host.as_deref() == provider.host_str();
    world.check(stays, format!("a URL at {provider}, or none"), url)
}
