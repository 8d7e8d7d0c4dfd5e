//! What differs by vendor about the life of codes and tokens, as data.

use std::{fmt, num::NonZeroUsize, str::FromStr, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::duration_text;

/// How long an access token lives.
///
/// In files it is a text: `unlimited`, `1h`, `1h to 1h10m`, `2h since use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until something kills it.
    Unlimited,
    /// This long from its issue.
    For(Duration),
    /// A random whole number of seconds between the two, from its issue.
    Between(u64, u64),
    /// This long from its last use.
    SinceUse(Duration),
}

impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = duration_text::print;
        match self {
            Self::Unlimited => f.write_str("unlimited"),
            Self::For(life) => f.write_str(&text(*life)),
            Self::Between(from, to) => {
                let [from, to] =
                    [from.min(to), from.max(to)].map(|seconds| text(Duration::from_secs(*seconds)));
                write!(f, "{from} to {to}")
            }
            Self::SinceUse(life) => write!(f, "{} since use", text(*life)),
        }
    }
}

/// A text that is no life.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} says no life; write it as unlimited, 1h, 1h to 1h10m (whole seconds, the shorter first) or 2h since use"
)]
pub struct NoLife(String);

impl FromStr for Life {
    type Err = NoLife;

    fn from_str(text: &str) -> Result<Self, NoLife> {
        let no_life = || NoLife(text.to_owned());
        let duration = |text| duration_text::parse(text).map_err(|_| no_life());
        let seconds = |text| {
            let duration = duration(text)?;
            (duration.subsec_millis() == 0).then_some(duration.as_secs()).ok_or_else(no_life)
        };
        if text == "unlimited" {
            Ok(Self::Unlimited)
        } else if let Some(life) = text.strip_suffix(" since use") {
            duration(life).map(Self::SinceUse)
        } else if let Some((from, to)) = text.split_once(" to ") {
            let (from, to) = (seconds(from)?, seconds(to)?);
            if from <= to { Ok(Self::Between(from, to)) } else { Err(no_life()) }
        } else {
            duration(text).map(Self::For)
        }
    }
}

impl Serialize for Life {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Life {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// How long a refresh token lives: `unlimited`, or a duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RefreshLife(pub(crate) Option<Duration>);

impl Serialize for RefreshLife {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Life::from(*self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for RefreshLife {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Life::deserialize(deserializer)? {
            Life::Unlimited => Ok(Self(None)),
            Life::For(life) => Ok(Self(Some(life))),
            life @ (Life::Between(..) | Life::SinceUse(_)) => Err(de::Error::custom(format_args!(
                "a refresh token cannot live {:?}; write unlimited, or a duration such as 60d",
                life.to_string()
            ))),
        }
    }
}

impl From<RefreshLife> for Life {
    fn from(RefreshLife(life): RefreshLife) -> Self {
        life.map_or(Self::Unlimited, Self::For)
    }
}

/// The same for an `Option<Duration>` itself, by `#[serde(with = "refresh_life")]`.
mod refresh_life {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::RefreshLife;

    #[expect(clippy::ref_option, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(
        life: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        RefreshLife(*life).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        RefreshLife::deserialize(deserializer).map(|RefreshLife(life)| life)
    }
}

/// What a refresh does to the refresh token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Rotation {
    /// It stays, and no other is issued.
    Never,
    /// It dies, and a new one is issued. If `replay_kills_grant`, presenting a dead one kills the whole grant.
    Strict {
        /// Whether presenting a rotated token again kills everything that descends from the grant.
        replay_kills_grant: bool,
    },
    /// A new one is issued, and the old one dies when the new access token is first used. Until then, presenting the
    /// old one gives the same new pair again.
    Grace,
    /// It is given back again and again until it has reached some age, and is then replaced by a new one, beside which
    /// it lives on for a while.
    Aged(Aging),
}

/// The times of [`Rotation::Aged`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aging {
    /// A refresh token of this age is replaced at its next use.
    #[serde(with = "duration_text")]
    pub renewed_after: Duration,
    /// How long the replaced one may still be used.
    #[serde(with = "duration_text")]
    pub overlap: Duration,
    /// How long after the consent the last refresh token ends, however often it was renewed.
    #[serde(with = "duration_text")]
    pub at_most: Duration,
    /// Two refreshes of a grant less than this apart count as made at the same time: the second is refused, and the
    /// grant dies. Nothing counts so if none is given.
    #[serde(with = "duration_text::option", default)]
    pub race: Option<Duration>,
}

/// What dies when a token is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cascade {
    /// That token.
    Alone,
    /// Every token of its grant.
    Grant,
    /// Every token of the same app, user and customer account.
    Connection,
}

/// The life and death of codes and tokens at one vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How long a code may be redeemed.
    #[serde(with = "duration_text")]
    pub code_life: Duration,
    /// Whether presenting a redeemed code kills the tokens it gave.
    pub code_replay_kills_grant: bool,
    /// How long an access token lives.
    pub access_life: Life,
    /// Whether refresh tokens are issued at all.
    pub refreshable: bool,
    /// How long a refresh token lives.
    #[serde(with = "refresh_life")]
    pub refresh_life: Option<Duration>,
    /// Whether each use of a refresh token starts its life anew; not with [`Rotation::Aged`].
    pub refresh_restarts: bool,
    /// What a refresh does to the refresh token.
    pub rotation: Rotation,
    /// What dies with a revoked access token.
    pub revoking_access: Cascade,
    /// What dies with a revoked refresh token.
    pub revoking_refresh: Cascade,
    /// How many grants may be alive; the oldest makes room for the newest.
    pub limit: Limit,
}

impl Policy {
    /// Whether presenting a spent credential again is taken for theft: a redeemed code, and under [`Rotation::Strict`] a
    /// rotated refresh token. With it on, everything that descends from the grant dies; with it off, the attempt is
    /// refused and nothing else happens.
    #[must_use]
    pub fn replay_protection(&self) -> bool {
        let of_refresh_tokens = match self.rotation {
            Rotation::Strict { replay_kills_grant } => replay_kills_grant,
            Rotation::Never | Rotation::Grace | Rotation::Aged(_) => true,
        };
        self.code_replay_kills_grant && of_refresh_tokens
    }

    /// The same with [replay protection](Self::replay_protection) on or off, for codes and refresh tokens alike.
    #[must_use]
    pub fn with_replay_protection(self, on: bool) -> Self {
        let rotation = match self.rotation {
            Rotation::Strict { .. } => Rotation::Strict { replay_kills_grant: on },
            other @ (Rotation::Never | Rotation::Grace | Rotation::Aged(_)) => other,
        };
        Self { code_replay_kills_grant: on, rotation, ..self }
    }
}

/// How many grants of one app may be alive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// As many as there are.
    #[default]
    None,
    /// So many of one user.
    User(NonZeroUsize),
    /// So many of one customer account.
    Realm(NonZeroUsize),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_written_and_read_again() {
        let hour = Duration::from_secs(3600);
        for (life, text) in [
            (Life::Unlimited, "unlimited"),
            (Life::For(hour), "1h"),
            (Life::Between(3600, 4200), "1h to 1h10m"),
            (Life::SinceUse(2 * hour), "2h since use"),
        ] {
            assert_eq!(life.to_string(), text);
            assert_eq!(text.parse(), Ok(life));
        }
        assert_eq!(Life::Between(4200, 3600).to_string(), "1h to 1h10m");
    }

    #[test]
    fn what_is_no_life_is_refused() {
        for text in ["", "for ever", "2h to 1h", "1500ms to 2s", "since use", "1h to"] {
            let refused = text.parse::<Life>().unwrap_err().to_string();
            assert!(refused.contains(&format!("{text:?}")) && refused.contains("unlimited"), "{refused}");
        }
    }
}
