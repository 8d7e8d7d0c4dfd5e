//! A walk through the death and return of a token, told step by step.

use std::{
    fmt::{self, Write},
    sync::Arc,
};

use super::{
    browser::Decision,
    connector::Connector,
    record::Failure,
    runner::PATIENCE,
    surroundings::Surroundings,
    target::{self, Target},
    world::{Draft, Run, World},
};

/// A walk that did not reach its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TourError {
    /// A step did not go as it should.
    #[error("step {step} failed\n{failure}")]
    Step {
        /// The step, 0 being the set-up.
        step: usize,
        /// Why.
        failure: Failure,
    },
    /// The story could not be written.
    #[error("the story cannot be written: {0}")]
    Write(#[from] fmt::Error),
    /// The HTTP client could not be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Walks through the eight steps of the product's article on revocation (S3), and tells each request and answer.
///
/// # Errors
///
/// If a step does not go as the article says.
pub async fn tour(
    surroundings: Arc<Surroundings>,
    target: Target,
    connector: &'static Connector,
    out: &mut impl Write,
) -> Result<(), TourError> {
    let run = Arc::new(Run::new(target::http_client(PATIENCE)?, target, surroundings, PATIENCE, false));
    let mut guide = Guide { world: World::of(&run), connector, out, step: 0 };
    let walked = guide.walk().await;
    run.clean_up().await;
    walked
}

struct Guide<'o, W> {
    world: World,
    connector: &'static Connector,
    out: &'o mut W,
    step: usize,
}

impl<W: Write> Guide<'_, W> {
    async fn walk(&mut self) -> Result<(), TourError> {
        let vendor = self.connector.vendor.display_name();
        writeln!(self.out, "The death and return of an instance of {} ({vendor})", self.connector)?;
        self.tell(
            "Before the walk: an authenticated instance",
            "The token in the answer is the caller's key to it.",
        )?;
        let made = self.world.add_instance(self.connector, Draft::default()).await;
        self.show(made)?;

        self.next("Read the instance", "GET /instances with the User, Organization and Element parts.")?;
        let read = self.world.read_by_token(0).await;
        self.show(read)?;
        if self.connector.takes_codes() { self.by_code(vendor).await } else { self.by_password(vendor).await }
    }

    async fn by_code(&mut self, vendor: &str) -> Result<(), TourError> {
        self.next("Find the provider's access token", "It is oauth.user.token in the configuration.")?;
        let shown = self.world.shown_token();
        let token = self.or_stop(shown)?;
        writeln!(self.out, "  oauth.user.token: {}", crate::mask::secret(token.expose()))?;

        self.next(
            &format!("Revoke it at {vendor}"),
            "Straight at the provider; the service does not learn of it.",
        )?;
        let revoked = self.world.revoke(0).await;
        self.or_stop(revoked)?;
        self.show_revocation()?;

        self.next(
            "Use the instance",
            "The provider refuses, and the caller is told in the provider's words.",
        )?;
        let used = self.world.use_instance(0, 0, None).await;
        self.show(used)?;

        self.next("Ask where to send the user", "The OAuth URL for the same app and callback.")?;
        let asked = self.world.ask_for_url(0, None).await;
        self.show(asked)?;

        self.next(
            "Let the user grant access again",
            "In a browser: log in, allow, and catch the code at the callback.",
        )?;
        let visited = self.world.visit(0, Decision::Allow).await;
        self.or_stop(visited)?;
        let callback = self.world.told_callback();
        writeln!(self.out, "  the callback received {callback}")?;

        self.next("Pass the new code", "PATCH /instances with all three parts; id and token stay.")?;
        let patched = self.world.reauthenticate(0).await;
        self.show(patched)?;
        self.confirm().await
    }

    async fn by_password(&mut self, vendor: &str) -> Result<(), TourError> {
        self.next(
            "Find the account",
            "A legacy account has a name and a token that serves as password; there is no token to read.",
        )?;
        self.next(
            &format!("Regenerate its token at {vendor}"),
            "There is no call for it: it is done in the control panel.",
        )?;
        let regenerated = self.world.revoke(0).await;
        self.or_stop(regenerated)?;

        self.next(
            "Use the instance",
            "The provider refuses, and the caller is told in the provider's words.",
        )?;
        let used = self.world.use_instance(0, 0, None).await;
        self.show(used)?;

        self.next("Ask where to send the user", "Nowhere: the connector takes no codes.")?;
        self.next("Copy the new token", "The account's owner hands it to the caller.")?;
        self.next("Pass the new password", "PATCH /instances with all three parts; id and token stay.")?;
        let configuration = self.world.new_password(0);
        let body = serde_json::json!({ "configuration": self.or_stop(configuration)? });
        let patched = self.world.patch_by_token(0, &body).await;
        self.show(patched)?;
        self.confirm().await
    }

    async fn confirm(&mut self) -> Result<(), TourError> {
        self.next("Use the instance again", "With the same header as before.")?;
        let used = self.world.use_instance(0, 0, None).await;
        self.show(used)?;
        let status = self.world.answer().map(|answer| answer.status);
        let status = self.or_stop(status)?;
        let works =
            self.world.check(status.is_success(), "the instance works again", format!("status {status}"));
        self.or_stop(works)?;
        writeln!(self.out, "\nThe instance works again, under the same id and token.")?;
        Ok(())
    }

    fn next(&mut self, title: &str, remark: &str) -> fmt::Result {
        self.step += 1;
        let title = format!("{}. {title}", self.step);
        self.tell(&title, remark)
    }

    fn tell(&mut self, title: &str, remark: &str) -> fmt::Result {
        writeln!(self.out, "\n{title}\n   {remark}\n")
    }

    /// Tells the last exchange with the target.
    fn show(&mut self, outcome: Result<(), Failure>) -> Result<(), TourError> {
        self.or_stop(outcome)?;
        let told = self.world.told_exchange();
        self.write_indented(&told)
    }

    fn show_revocation(&mut self) -> Result<(), TourError> {
        let told = self.world.told_revocation();
        self.write_indented(&told)
    }

    fn write_indented(&mut self, text: &str) -> Result<(), TourError> {
        for line in text.lines() {
            writeln!(self.out, "  {line}")?;
        }
        Ok(())
    }

    fn or_stop<T>(&self, outcome: Result<T, Failure>) -> Result<T, TourError> {
        outcome.map_err(|failure| TourError::Step { step: self.step, failure })
    }
}
