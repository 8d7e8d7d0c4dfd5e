//! The command line. One file per command.

mod ca;
pub mod check;
mod clean;
mod config;
mod doctor;
pub mod embedded;
mod env;
mod environment;
mod exec;
mod failure;
mod kept;
pub mod launch;
mod list;
mod logging;
mod opening;
mod progress;
mod report;
mod report_file;
pub mod score;
mod serve;
mod settings;
mod state;
mod target;
pub mod tour;
mod trust;
mod wait;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Rehearse the death of a token: simulated OAuth vendors, a reference instances service, and a conformance suite.
#[derive(Debug, Parser)]
#[command(name = "rehearsal", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the vendors, the instances service and the control API until interrupted
    Serve(Box<serve::Serve>),
    /// Run the conformance suite against an instances service
    Check(Box<check::Check>),
    /// See whether a target is ready for `check`: what answers, what does not, and what to change
    Doctor(Box<doctor::Doctor>),
    /// Delete the instances that an interrupted run left on the target
    Clean(Box<clean::Clean>),
    /// List scenarios, requirements, connectors, capabilities or variants of the suite
    List(list::List),
    /// Join the JSON reports of several runs, or compare two
    Report(report::ReportCommand),
    /// Walk through the death and return of a token, and see each request and answer
    Tour(tour::Tour),
    /// Wait until `serve` is ready
    Wait(wait::Wait),
    /// Run a command in whose environment the vendors' own hosts lead to the stand-ins
    Exec(Box<exec::Exec>),
    /// Print the environment in which the vendors' own hosts lead to a running `serve`
    Env(env::Env),
    /// The certificate authority that programs must trust
    Ca(ca::Ca),
    /// Check a configuration file, or print what it comes to
    Config(config::Config),
}

/// Runs the command that the process was started with, and says how it went.
#[must_use]
pub fn run() -> ExitCode {
    // clap prints its own errors and help, and exits with 2 or 0.
    let cli = Cli::parse();
    let outcome = tokio::runtime::Runtime::new().map_err(Failure::Runtime).and_then(|runtime| {
        runtime.block_on(async {
            match cli.command {
                Command::Serve(serve) => serve.run().await,
                Command::Check(check) => check.run().await,
                Command::Doctor(doctor) => doctor.run().await,
                Command::Clean(clean) => clean.run().await,
                Command::List(list) => list.run(),
                Command::Report(report) => report.run(),
                Command::Tour(tour) => tour.run().await,
                Command::Wait(wait) => wait.run().await,
                Command::Exec(exec) => exec.run().await,
                Command::Env(env) => env.run().await,
                Command::Ca(ca) => ca.run(),
                Command::Config(config) => config.run(),
            }
        })
    });
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            anstream::eprintln!("rehearsal: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}
