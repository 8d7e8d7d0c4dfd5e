//! `rehearsal exec`

use std::{
    collections::HashSet,
    ffi::OsString,
    process::ExitStatus,
    sync::{Mutex, PoisonError},
};

use clap::Args;
use tokio::process::{Child, Command};

use crate::{
    cli::{
        failure::Failure,
        kept::Kept,
        logging,
        opening::{Opening, Setup},
        settings::{Ports, ProviderUrls},
        trust::OwnCertificate,
    },
    configuration::Configuration,
    exit_codes,
    serve::proxy::Proxying,
};

/// Run a command in whose environment the vendors' own hosts lead to the stand-ins
///
/// Everything that `serve` serves is there while the command runs, on free ports, and its exit code is passed on.
#[derive(Args, Debug)]
pub(crate) struct Exec {
    #[command(flatten)]
    setup: Setup,
    /// The command and its arguments, behind `--`
    #[arg(required = true, last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

impl Exec {
    pub(crate) async fn run(self) -> Result<u8, Failure> {
        logging::start();
        let stage = self.setup.stage();
        if let Some(configuration) = self.setup.config.as_deref() {
            Configuration::read(configuration)?.apply(&stage, |_| false)?;
        }
        let opened = Opening {
            mint: self.setup.mint(),
            setup: self.setup,
            stage,
            listeners: Ports::free().open()?,
            control_token: None,
            providers: ProviderUrls::none(),
            kept: Kept::default(),
            own_certificate: OwnCertificate::default(),
            proxying: told_once(),
        }
        .open()?;
        let environment = opened.environment()?;
        let mut words = self.command.into_iter();
        let program = words.next().unwrap_or_default();
        let child = Command::new(&program).args(words).envs(environment.variables).kill_on_drop(true).spawn();
        let child = child
            .map_err(|source| Failure::Command { program: program.to_string_lossy().into_owned(), source })?;
        let status = finished(child).await?;
        opened.close().await;
        Ok(exit_code(status))
    }
}

/// Says each refused host once: many programs do not show why a proxy refused them.
fn told_once() -> Proxying {
    let told = Mutex::new(HashSet::new());
    Proxying::new(move |refusal| {
        let new = told.lock().unwrap_or_else(PoisonError::into_inner).insert(refusal.host.to_owned());
        if new {
            anstream::eprintln!("rehearsal: 502: {}", refusal.text.trim_end());
        }
    })
}

/// Waits for the command. A signal to end is passed on; an interruption from the terminal reaches the command anyway.
#[cfg(unix)]
async fn finished(mut child: Child) -> Result<ExitStatus, Failure> {
    use rustix::process::{Pid, Signal, kill_process};
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt()).map_err(Failure::Runtime)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(Failure::Runtime)?;
    let mut hung_up = signal(SignalKind::hangup()).map_err(Failure::Runtime)?;
    loop {
        let passed_on = tokio::select! {
            status = child.wait() => return status.map_err(Failure::Runtime),
            _ = interrupted.recv() => continue,
            _ = terminated.recv() => Signal::TERM,
            _ = hung_up.recv() => Signal::HUP,
        };
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // An error is a command that has just ended.
            let _ = kill_process(pid, passed_on);
        }
    }
}

/// Waits for the command; an interruption from the terminal reaches it anyway.
#[cfg(not(unix))]
async fn finished(mut child: Child) -> Result<ExitStatus, Failure> {
    loop {
        tokio::select! {
            status = child.wait() => return status.map_err(Failure::Runtime),
            _ = tokio::signal::ctrl_c() => {}
        }
    }
}

/// The command's own, or what a shell makes of the signal that ended it.
fn exit_code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| killed_by(status).map(|signal| 128 + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(exit_codes::NOT_CONFORMANT)
}

#[cfg(unix)]
fn killed_by(status: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&status)
}

#[cfg(not(unix))]
fn killed_by(_: ExitStatus) -> Option<i32> {
    None
}
