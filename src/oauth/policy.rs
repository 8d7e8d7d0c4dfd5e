//! What differs by vendor about the life of codes and tokens, as data.

use std::time::Duration;

/// How long an access token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// Until something kills it.
    Unlimited,
    /// This long from its issue.
    For(Duration),
    /// A random whole number of seconds from the first to the second, from its issue.
    Between(u64, u64),
    /// This long from its last use.
    SinceUse(Duration),
}

/// What a refresh does to the refresh token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aging {
    /// A refresh token of this age is replaced at its next use.
    pub renewed_after: Duration,
    /// How long the replaced one may still be used.
    pub overlap: Duration,
    /// How long after the consent the last refresh token ends, however often it was renewed.
    pub at_most: Duration,
    /// Two refreshes of a grant less than this apart count as made at the same time: the second is refused, and the
    /// grant dies. Nothing counts so if none is given.
    pub race: Option<Duration>,
}

/// What dies when a token is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cascade {
    /// That token.
    Alone,
    /// Every token of its grant.
    Grant,
    /// Every token of the same app, user and customer account.
    Connection,
}

/// The life and death of codes and tokens at one vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long a code may be redeemed.
    pub code_life: Duration,
    /// Whether presenting a redeemed code kills the tokens it gave.
    pub code_replay_kills_grant: bool,
    /// How long an access token lives.
    pub access_life: Life,
    /// Whether refresh tokens are issued at all.
    pub refreshable: bool,
    /// How long a refresh token lives.
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
    pub limit: Option<Limit>,
}

/// How many grants of one app may be alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Whose grants are counted together.
    pub per: Per,
    /// How many.
    pub grants: usize,
}

/// Whose grants are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Those of one user.
    User,
    /// Those of one customer account.
    Realm,
}
