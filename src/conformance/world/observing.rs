//! What the providers saw: questions to their journals, asked with a scenario's words.

use std::sync::Arc;

use url::Url;

use super::World;
use crate::{
    Secret,
    conformance::{
        connector::Connector,
        heard::{Heard, Shown, words},
        record::{Failure, Outcome},
        user::User,
    },
    journal::Entry,
};

impl World {
    /// What the provider heard from one user's instance since the last call.
    pub(crate) fn heard(&self, which: usize) -> Result<Heard, Failure> {
        Ok(self.user(which)?.heard_since_call())
    }

    /// The secrets that answers of the target repeated, by what they are.
    pub(crate) fn secrets_told(&self) -> Result<Vec<String>, Failure> {
        let user = self.user(0)?;
        let caller = &self.run.target.caller;
        let mut secrets = vec![
            ("the User secret", &caller.user_secret),
            ("the Organization secret", &caller.organization_secret),
            ("the user's password", &user.password),
            ("the app's secret", &user.demo.client_secret),
        ];
        secrets.extend(user.code.as_ref().map(|code| ("the code", code)));
        secrets.extend(self.sent.iter().map(|(what, secret)| (*what, secret)));
        let answers = self.answers.iter().filter_map(|exchange| exchange.answer.as_ref().ok());
        let text: Vec<String> = answers.map(crate::conformance::exchange::Answer::text).collect();
        let told = |secret: &Secret| text.iter().any(|text| text.contains(secret.expose()));
        Ok(secrets.into_iter().filter(|(_, secret)| told(secret)).map(|(name, _)| name.to_owned()).collect())
    }

    /// The address of a connector's provider as the target knows it.
    pub(crate) fn provider_of(&self, connector: &Connector) -> Url {
        self.run.surroundings.seen(connector.vendor)
    }

    /// Fails if any user's provider heard anything since the last call.
    pub(crate) fn check_silence(&self) -> Outcome {
        let heard = self.users.iter().map(User::heard_since_call).find(|heard| !heard.0.is_empty());
        match heard {
            None => Ok(()),
            Some(heard) => Err(self.record.refute("the provider heard nothing", heard.tell())),
        }
    }

    /// Fails unless every resource call since the last call to the target showed `credential`, and there was one.
    pub(crate) fn check_shown(&self, which: usize, credential: Option<&Shown>, whose: &str) -> Outcome {
        let heard = self.heard(which)?;
        let shown: Vec<Shown> = heard.resource_calls().map(|(_, shown)| shown).collect();
        let holds = !shown.is_empty() && shown.iter().all(|shown| Some(shown) == credential);
        let got = match shown.as_slice() {
            [] => heard.tell(),
            several => several.iter().map(describe).collect::<Vec<_>>().join(", "),
        };
        let expected = credential.map_or_else(|| "nothing".to_owned(), describe);
        self.check(holds, format!("the provider was shown {whose}: {expected}"), got)
    }

    /// The exchange of the code that the callback received last; fails unless there was exactly one, and it succeeded.
    pub(crate) fn the_exchange(&self, which: usize) -> Result<Arc<Entry>, Failure> {
        let user = self.user(which)?;
        let heard = user.heard();
        let code = user.code.as_ref();
        let with_code = |entry: &&Arc<Entry>| {
            entry.parameter("code").is_some_and(|sent| code.is_some_and(|code| code.matches(&sent)))
        };
        let exchanges: Vec<&Arc<Entry>> = heard.exchanges().filter(with_code).collect();
        match exchanges.as_slice() {
            [only] if only.status().is_success() => Ok(Arc::clone(only)),
            several => {
                let got = format!("{} exchanges of it; {}", several.len(), heard.tell());
                Err(self.record.refute("the provider exchanged the code once", got))
            }
        }
    }

    /// The provider's last refusal since the last call.
    pub(crate) fn refusal(&self, which: usize) -> Result<Arc<Entry>, Failure> {
        let heard = self.heard(which)?;
        let refused = heard.0.iter().rfind(|entry| !entry.status().is_success());
        let missing = || self.record.refute("the provider refused the call", heard.tell());
        refused.map(Arc::clone).ok_or_else(missing)
    }

    /// The words of every refusal since the last call: a service that tries a refresh first may pass on either reason.
    pub(crate) fn refusal_words(&self, which: usize) -> Result<Vec<String>, Failure> {
        self.refusal(which)?;
        let heard = self.heard(which)?;
        let refused = heard.0.iter().filter(|entry| !entry.status().is_success());
        Ok(refused.flat_map(|entry| words(entry)).collect())
    }

    /// The resource call that the provider served since the last call.
    pub(crate) fn served(&self, which: usize) -> Result<Arc<Entry>, Failure> {
        let heard = self.heard(which)?;
        let missing = || self.record.refute("the provider served the resource", heard.tell());
        heard.served().map(Arc::clone).ok_or_else(missing)
    }
}

fn describe(shown: &Shown) -> String {
    match shown {
        Shown::Token(token) => format!("the token {}", crate::mask::secret(token.expose())),
        Shown::Account { name, password } => {
            format!("the account {name} with the password {}", crate::mask::secret(password.expose()))
        }
    }
}
