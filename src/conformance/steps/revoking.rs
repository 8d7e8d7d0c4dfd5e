//! How credentials die at the provider.

use cucumber::{then, when};

use super::Which;
use crate::conformance::{record::Outcome, world::World};

#[when(regex = r"^the (?:(first|second) )?instance's tokens are revoked at the provider$")]
async fn tokens_are_revoked(world: &mut World, which: Which) -> Outcome {
    world.revoke(which.0).await
}

#[when("the user's password is regenerated at the provider")]
async fn password_is_regenerated(world: &mut World) -> Outcome {
    world.revoke(0).await
}

#[when("the access token shown is revoked at the provider")]
async fn shown_token_is_revoked(world: &mut World) -> Outcome {
    let token = world.shown_token()?;
    world.revoke_token(0, token).await
}

#[then("the provider confirms the revocation")]
fn revocation_is_confirmed(world: &mut World) -> Outcome {
    let answer = world.revocation()?;
    world.check(answer == Ok(200), "200 from the provider's revoke endpoint", format!("{answer:?}"))
}

#[then("the provider refuses the revoked token")]
async fn revoked_token_is_dead(world: &mut World) -> Outcome {
    let status = world.show_revoked(0).await?;
    world.check(status == 401, "401 from the provider for the revoked credential", status)
}

#[then("the provider refused the revoked token")]
fn revoked_token_was_refused(world: &mut World) -> Outcome {
    world.refusal(0)?;
    let revoked = world.revoked(0)?.clone();
    world.check_shown(0, Some(&revoked), "the revoked credential")
}

#[then("the provider refused the call")]
fn call_was_refused(world: &mut World) -> Outcome {
    world.refusal(0).map(drop)
}

#[then("the revoked token is nowhere in the answer")]
fn revoked_token_is_not_told(world: &mut World) -> Outcome {
    use crate::conformance::heard::Shown;
    let (Shown::Token(secret) | Shown::Account { password: secret, .. }) = world.revoked(0)?;
    let found = world.answer()?.text().contains(secret.expose());
    world.check(!found, "no credential in the answer", "the revoked credential in clear")
}
