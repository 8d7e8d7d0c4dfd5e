//! A service under test that is started for one check: with the addresses of the vendors and the callers' secrets in
//! its environment, and with an end to it and to its children.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt, fs, io,
    net::{Ipv4Addr, TcpListener},
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

#[cfg(windows)]
use process_wrap::tokio::JobObject;
#[cfg(unix)]
use process_wrap::tokio::ProcessGroup;
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    process::Command,
    time::{Instant, sleep, timeout},
};
use url::Url;

use super::{
    embedded::new_caller,
    environment::{through, variable},
    opening::bare,
};
use crate::{
    Secret, Vendor,
    conformance::{Caller, Target},
    exit_codes, mask,
    serve::Proxy,
};

/// Lines of output that are kept, to be shown when the service dies.
const LINES: usize = 40;

/// Between one question whether it answers and the next.
const PAUSE: Duration = Duration::from_millis(50);

/// How long it may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(3);

#[cfg(unix)]
const SIGTERM: i32 = 15;

/// A service that was started, with its children. All of them end when this is dropped.
#[derive(Debug)]
pub struct Launched {
    child: Box<dyn ChildWrapper>,
    output: Output,
    target: Target,
    /// What it trusts is read at any time.
    _authority: TempDir,
}

/// A service that did not start, or did not stay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// There is no port for it.
    #[error("there is no free port on 127.0.0.1 for the target: {0}")]
    Port(io::Error),
    /// The file of the authority that it must trust cannot be written.
    #[error(
        "the certificate that the target must trust cannot be written to the folder for temporary files: {0}"
    )]
    Authority(io::Error),
    /// The shell did not start.
    #[error("the target cannot be started with {command:?}: {source}")]
    Spawn {
        /// The command.
        command: String,
        /// Why not.
        source: io::Error,
    },
    /// It ended.
    #[error("the target ended {when}, with {status}{output}")]
    Ended {
        /// When.
        when: &'static str,
        /// How.
        status: String,
        /// What it said last.
        output: Output,
    },
    /// It does not answer.
    #[error(
        "the target does not answer at {url} within {seconds} s (--launch-timeout); it must listen on the port that PORT \
         names in its environment{output}"
    )]
    Silent {
        /// Where it should.
        url: Url,
        /// How long it had.
        seconds: u64,
        /// What it said last.
        output: Output,
    },
}

impl LaunchError {
    /// What the process says when it ends with this.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Port(_) | Self::Authority(_) | Self::Spawn { .. } => exit_codes::USAGE,
            Self::Ended { .. } | Self::Silent { .. } => exit_codes::TARGET_UNREACHABLE,
        }
    }
}

impl Launched {
    /// Starts `command` in a shell, and waits until it answers. It finds the vendors at `providers`, and at their own
    /// host names through `proxy`.
    pub(crate) async fn start(
        command: &str,
        providers: BTreeMap<Vendor, Url>,
        proxy: &Proxy,
        patience: Duration,
    ) -> Result<Self, LaunchError> {
        let (caller, stranger) = (new_caller(), new_caller());
        let port = free_port().map_err(LaunchError::Port)?;
        let url = crate::serve::url((Ipv4Addr::LOCALHOST, port).into());
        let authority = tempfile::tempdir().map_err(LaunchError::Authority)?;
        let certificate = authority.path().join("ca.pem");
        fs::write(&certificate, proxy.authority().pem()).map_err(LaunchError::Authority)?;
        let mut variables = through(&proxy.url(), &certificate);
        variables.append(&mut environment(port, &providers, &caller, &stranger));
        let mut wrapped = CommandWrap::from(shell(command));
        wrapped.command_mut().envs(variables).stdin(Stdio::null());
        wrapped.command_mut().stdout(Stdio::piped()).stderr(Stdio::piped());
        wrapped.wrap(KillOnDrop);
        #[cfg(unix)]
        wrapped.wrap(ProcessGroup::leader());
        #[cfg(windows)]
        wrapped.wrap(JobObject);
        let spawned = wrapped.spawn();
        let mut child =
            spawned.map_err(|source| LaunchError::Spawn { command: command.to_owned(), source })?;
        let output = Output::of([&caller, &stranger]);
        output.listen(child.stdout().take());
        output.listen(child.stderr().take());
        let target = Target { stranger: Some(stranger), ..Target::new(url, caller) };
        let mut launched = Self { child, output, target, _authority: authority };
        launched.wait_for_answer(patience).await?;
        Ok(launched)
    }

    /// The service as a target.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    async fn wait_for_answer(&mut self, patience: Duration) -> Result<(), LaunchError> {
        let deadline = Instant::now() + patience;
        // A proxy from the environment is for other machines.
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(1)).build();
        loop {
            if let Some(status) = self.ended() {
                return Err(self.told_end("before it answered", status).await);
            }
            if let Ok(client) = &client
                && client.get(self.target.url.clone()).send().await.is_ok()
            {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let (url, output) = (self.target.url.clone(), self.output.clone());
                return Err(LaunchError::Silent { url, seconds: patience.as_secs(), output });
            }
            sleep(PAUSE).await;
        }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    async fn told_end(&self, when: &'static str, status: ExitStatus) -> LaunchError {
        // The last words may still be on their way.
        sleep(PAUSE).await;
        LaunchError::Ended { when, status: status.to_string(), output: self.output.clone() }
    }

    /// Ends it and its children: asked first, then forced.
    ///
    /// # Errors
    ///
    /// If it had ended by itself.
    pub(crate) async fn stop(mut self) -> Result<(), LaunchError> {
        if let Some(status) = self.ended() {
            let told = self.told_end("during the run", status).await;
            // Children may have outlived it.
            let _ = self.child.start_kill();
            return Err(told);
        }
        #[cfg(unix)]
        {
            let _ = self.child.signal(SIGTERM);
            let _ = timeout(GRACE, self.child.wait()).await;
        }
        // Whoever did not heed the signal; there may be nobody left.
        let _ = self.child.start_kill();
        let _ = timeout(GRACE, self.child.wait()).await;
        Ok(())
    }
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(shell);
    shell.arg(flag).arg(command);
    shell
}

/// What the service finds in its environment.
fn environment(
    port: u16,
    providers: &BTreeMap<Vendor, Url>,
    caller: &Caller,
    stranger: &Caller,
) -> BTreeMap<String, String> {
    let mut environment = BTreeMap::from([("PORT".to_owned(), port.to_string())]);
    for (vendor, url) in providers {
        environment.insert(variable(*vendor, "URL"), bare(url).to_owned());
    }
    for (of, caller) in [("", caller), ("SECOND_", stranger)] {
        let mut put = |name: &str, secret: &Secret| {
            environment.insert(format!("REHEARSAL_{of}{name}_SECRET"), secret.expose().to_owned());
        };
        put("USER", &caller.user_secret);
        put("ORGANIZATION", &caller.organization_secret);
    }
    environment
}

/// The last lines that the service wrote. Clones are the same.
#[derive(Clone)]
pub struct Output {
    lines: Arc<Mutex<VecDeque<String>>>,
    /// What must not be shown.
    secrets: Arc<[Secret]>,
}

impl Output {
    fn of(callers: [&Caller; 2]) -> Self {
        let secrets = callers.iter().flat_map(|of| [of.user_secret.clone(), of.organization_secret.clone()]);
        Self { lines: Arc::default(), secrets: secrets.collect() }
    }

    fn listen(&self, stream: Option<impl AsyncRead + Unpin + Send + 'static>) {
        let Some(stream) = stream else { return };
        let (lines, secrets) = (Arc::clone(&self.lines), Arc::clone(&self.secrets));
        tokio::spawn(async move {
            let mut reader = BufReader::new(stream).lines();
            while let Ok(Some(mut line)) = reader.next_line().await {
                for secret in secrets.iter() {
                    line = line.replace(secret.expose(), &mask::secret(secret.expose()));
                }
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() == LINES {
                    lines.pop_front();
                }
                lines.push_back(line);
            }
        });
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.is_empty() {
            return f.write_str("; it wrote nothing");
        }
        f.write_str("; it wrote last:")?;
        lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Output")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stage;

    fn caller(name: &str) -> Caller {
        let secret = |of: &str| Secret::from(format!("{name}-{of}"));
        Caller { user_secret: secret("user"), organization_secret: secret("organization") }
    }

    #[test]
    fn the_environment_names_port_vendors_and_callers() {
        let providers = BTreeMap::from([(Vendor::AdobeSign, Url::parse("http://127.0.0.1:5/").unwrap())]);
        let environment = environment(4, &providers, &caller("first"), &caller("second"));
        for (name, value) in [
            ("PORT", "4"),
            ("REHEARSAL_ADOBE_SIGN_URL", "http://127.0.0.1:5"),
            ("REHEARSAL_USER_SECRET", "first-user"),
            ("REHEARSAL_ORGANIZATION_SECRET", "first-organization"),
            ("REHEARSAL_SECOND_USER_SECRET", "second-user"),
            ("REHEARSAL_SECOND_ORGANIZATION_SECRET", "second-organization"),
        ] {
            assert_eq!(environment.get(name).map(String::as_str), Some(value), "{name}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_dies_is_told_with_its_last_words_and_no_secret() {
        let command = "echo starting; echo secret $REHEARSAL_USER_SECRET >&2; exit 3";
        let stage = Stage::start().await.unwrap();
        let proxy = stage.proxy().await.unwrap();
        let died = Launched::start(command, BTreeMap::new(), &proxy, Duration::from_secs(30)).await;
        let died = died.unwrap_err();
        let text = died.to_string();
        assert!(text.contains("before it answered, with exit status: 3"), "{text}");
        assert!(text.contains("\n  starting") && text.contains("secret ••••"), "{text}");
        assert_eq!(died.exit_code(), exit_codes::TARGET_UNREACHABLE);
    }
}
