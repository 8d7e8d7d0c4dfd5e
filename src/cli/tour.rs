//! `rehearsal tour`: walks through the death and return of a token.

use std::{
    io::{self, Write as _},
    sync::Arc,
};

use clap::Args;

use super::{
    embedded::{Embedded, EmbeddedError},
    failure::Failure,
};
use crate::{
    Stage,
    conformance::{Connector, ConnectorName, Surroundings, TourError, tour},
    exit_codes,
};

/// Walk through the death and return of a token, and see each request and answer
#[derive(Args, Debug)]
pub(crate) struct Tour {
    /// The connector whose token dies
    #[arg(default_value = "adobe-esign")]
    connector: ConnectorName,
}

impl Tour {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        let story = walk(self.connector.0).await?;
        let mut out = anstream::stdout().lock();
        out.write_all(story.as_bytes()).and_then(|()| out.flush()).map_err(Failure::Output)?;
        Ok(exit_codes::SUCCESS)
    }
}

/// A tour that did not come about, or did not reach its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The walk itself.
    #[error(transparent)]
    Tour(#[from] TourError),
    /// The reference service did not start.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The providers did not start.
    #[error("the providers cannot listen on 127.0.0.1: {0}")]
    Stage(#[from] io::Error),
}

/// Walks with the reference service and the stage's providers, and gives the story.
///
/// # Errors
///
/// If a step does not go as it should. The story up to there is lost; the error tells the exchange.
pub async fn walk(connector: &'static Connector) -> Result<String, WalkError> {
    let surroundings = Surroundings::new(Stage::builder().build().serve()?);
    let service = Embedded::start(surroundings.providers()).await?;
    let mut story = String::new();
    tour(Arc::new(surroundings), service.target().clone(), connector, &mut story).await?;
    Ok(story)
}
