//! What becomes of calls that nobody expects, by choice of the stage.

use crate::{Stage, journal::Unexpected, stage::StageBuilder};

impl Stage {
    /// Says what becomes, from now on, of calls that nobody expects; see [`Unexpected`].
    ///
    /// ```
    /// use rehearsal::{Stage, journal::Unexpected};
    ///
    /// let stage = Stage::new();
    /// stage.set_unexpected(Unexpected::Warn);
    /// ```
    pub fn set_unexpected(&self, choice: Unexpected) {
        self.tenants.watch().choose(choice);
    }

    /// Fails now, instead of on drop, if [`Unexpected::Fail`] was chosen and unexpected calls have come; they are
    /// forgotten then.
    ///
    /// ```should_panic
    /// use rehearsal::{Request, Stage, Vendor, journal::Unexpected};
    ///
    /// let stage = Stage::builder().unexpected(Unexpected::Fail).build();
    /// stage.respond(Vendor::Box, &Request::default()); // Box has no route `GET /`
    /// stage.assert_no_unexpected_calls();
    /// ```
    ///
    /// # Panics
    ///
    /// If there were any.
    #[track_caller]
    pub fn assert_no_unexpected_calls(&self) {
        self.tenants.watch().fail(None);
    }
}

impl StageBuilder {
    /// What becomes of calls that nobody expects: a credential that no tenant owns, or no route. They are ignored
    /// if this is not said.
    ///
    /// ```
    /// use rehearsal::{Stage, journal::Unexpected};
    ///
    /// let stage = Stage::builder().unexpected(Unexpected::Fail).build();
    /// drop(stage); // would fail the test here, had such a call come
    /// ```
    pub fn unexpected(mut self, choice: Unexpected) -> Self {
        self.0.unexpected = choice;
        self
    }
}
