//! The ways into readers that are no part of the library, for the fuzz targets. It is built for them alone, with
//! `--cfg fuzzing`.

use std::path::Path;

use crate::{configuration::Configuration, conformance};

/// Reads a configuration file as `rehearsal config print` does, and gives what it prints.
///
/// # Errors
///
/// What the command says if it refuses the file.
pub fn configuration(text: &str) -> Result<String, String> {
    let configuration = Configuration::parse(Path::new("rehearsal.toml"), text.to_owned());
    let configuration = configuration.map_err(|error| error.to_string())?;
    configuration.check().map_err(|error| error.to_string())?;
    let _told = configuration.summary();
    configuration.effective().map_err(|error| error.to_string())
}

/// Reads a feature file as `rehearsal check --features` does, and gives the ids of its scenarios.
///
/// # Errors
///
/// What the command says if it refuses the file.
pub fn feature(text: &str) -> Result<Vec<String>, String> {
    conformance::read_feature(text).map_err(|error| error.to_string())
}
