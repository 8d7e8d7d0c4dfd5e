//! Reports in files: where `check --report` writes them, and where other commands read them.

use std::{
    fs, io,
    panic::resume_unwind,
    path::{Path, PathBuf},
    str::FromStr,
    thread,
};

use crate::{
    conformance::{
        IdPattern, NotAScenarioId, Report,
        report::{
            Format, RenderError, UnknownFormat,
            json::{self, NotAReport},
        },
        verdict::Outcome,
    },
    exit_codes,
};

/// A report to be written: `html=report.html`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportFile {
    format: Format,
    path: PathBuf,
}

/// A text that names no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAReportFile {
    #[error("{0:?} names no report; write a format and a file, such as html=report.html")]
    NoFile(String),
    #[error(transparent)]
    Format(#[from] UnknownFormat),
}

impl FromStr for ReportFile {
    type Err = NotAReportFile;

    fn from_str(text: &str) -> Result<Self, NotAReportFile> {
        let pair = text.split_once('=').filter(|(_, path)| !path.is_empty());
        let (format, path) = pair.ok_or_else(|| NotAReportFile::NoFile(text.to_owned()))?;
        Ok(Self { format: format.parse()?, path: PathBuf::from(path) })
    }
}

impl ReportFile {
    /// Whether it tells what happened in scenarios that passed.
    pub(crate) fn tells_accounts(&self) -> bool {
        matches!(self.format, Format::Html | Format::Json)
    }
}

/// A report that could not be written or read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportFileError {
    #[error("the report {path:?} cannot be written: {source}; give another file to --report")]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the report {path:?} cannot be read: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path:?} cannot be read: {source}")]
    NotAReport { path: PathBuf, source: NotAReport },
    #[error("{path:?} tells of no failure, so there is nothing to run again")]
    NothingFailed { path: PathBuf },
    #[error(transparent)]
    Id(#[from] NotAScenarioId),
}

impl ReportFileError {
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NothingFailed { .. } => exit_codes::NOTHING_RAN,
            _ => exit_codes::USAGE,
        }
    }
}

/// Sees to it before a long run that the reports can be written after it.
pub(crate) fn try_all(files: &[ReportFile]) -> Result<(), ReportFileError> {
    files.iter().try_for_each(|ReportFile { path, .. }| {
        let opened = fs::OpenOptions::new().append(true).create(true).open(path);
        opened.map(drop).map_err(|source| ReportFileError::Write { path: path.clone(), source })
    })
}

/// Writes a report in every form asked for, all at the same time.
pub(crate) fn write_all(files: &[ReportFile], report: &Report) -> Result<(), ReportFileError> {
    thread::scope(|scope| {
        let writing: Vec<_> = files.iter().map(|file| scope.spawn(|| write(file, report))).collect();
        writing
            .into_iter()
            .try_for_each(|written| written.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn write(ReportFile { format, path }: &ReportFile, report: &Report) -> Result<(), ReportFileError> {
    let written = fs::write(path, format.render(report)?);
    written.map_err(|source| ReportFileError::Write { path: path.clone(), source })
}

/// Reads a JSON report.
pub(crate) fn read(path: &Path) -> Result<Report, ReportFileError> {
    let path = path.to_owned();
    match fs::read_to_string(&path) {
        Ok(text) => json::read(&text).map_err(|source| ReportFileError::NotAReport { path, source }),
        Err(source) => Err(ReportFileError::Read { path, source }),
    }
}

/// The scenarios that failed in an earlier run.
pub(crate) fn failed_in(path: &Path) -> Result<Vec<IdPattern>, ReportFileError> {
    let report = read(path)?;
    let failed = report.scenarios.iter().filter(|result| {
        matches!(result.outcome, Outcome::Failed(_) | Outcome::Flaky(_) | Outcome::Error(_))
    });
    let ids = failed.map(|result| result.facts.id.as_str().parse()).collect::<Result<Vec<_>, _>>()?;
    if ids.is_empty() { Err(ReportFileError::NothingFailed { path: path.to_owned() }) } else { Ok(ids) }
}
