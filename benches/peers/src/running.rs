//! A peer that runs, and ends with this.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{error::Error, folder::Folder, grants::told, in_process, memory, peer::Peer};

/// So long a peer may take to answer.
const WAIT: Duration = Duration::from_secs(60);

pub(crate) struct Running {
    pub(crate) peer: Peer,
    pub(crate) address: SocketAddr,
    /// What it told when it was ready, if it does.
    pub(crate) said: Value,
    /// Until the first answer.
    pub(crate) took: Duration,
    pub(crate) log: PathBuf,
    process: Process,
}

impl Running {
    pub(crate) fn start(peer: Peer, folder: &Folder) -> Result<Self, Error> {
        let log = folder.log(peer);
        let out = folder.new_log(peer)?;
        let errors = out.try_clone().map_err(|error| Error::File { path: log.clone(), error })?;
        let port = free_port()?;
        let mut command = command(peer, folder, port);
        let home = folder.home(peer)?;
        command.current_dir(&home).env("HOME", &home).stdin(Stdio::piped()).stderr(errors);
        let tells = peer == Peer::Rehearsal || peer.is_in_process();
        command.stdout(if tells { Stdio::piped() } else { Stdio::from(out) });
        let started = Instant::now();
        let spawned = command.spawn();
        let program = || PathBuf::from(command.get_program());
        let mut child = spawned.map_err(|error| Error::Start { peer, program: program(), error })?;
        let mut process = Process { stdin: child.stdin.take(), child };
        let (address, said) = if tells {
            let line = process.line();
            let said: Value = serde_json::from_str(&line).unwrap_or_default();
            let address = said["address"].as_str().and_then(|address| address.parse().ok());
            let address = address.or_else(|| told(said["providers"]["box"].as_str()?));
            (address.ok_or_else(|| Error::Untold { peer, told: line, log: log.clone() })?, said)
        } else {
            (SocketAddr::from((Ipv4Addr::LOCALHOST, port)), Value::Null)
        };
        while !answers(address) {
            if let Ok(Some(status)) = process.child.try_wait() {
                return Err(Error::Ended { peer, status, log });
            }
            if started.elapsed() > WAIT {
                return Err(Error::Silent { peer, seconds: WAIT.as_secs(), log });
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let took = started.elapsed();
        // What a process needs to start is not its own.
        let took = said["first_answer"].as_f64().map_or(took, Duration::from_secs_f64);
        Ok(Self { peer, address, said, took, log, process })
    }

    /// Resident, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        memory::resident(self.process.child.id())
    }

    pub(crate) fn failed(&self, what: &'static str) -> impl Fn(std::io::Error) -> Error {
        let (peer, log) = (self.peer, self.log.clone());
        move |error| Error::Asked { peer, what, error, log: log.clone() }
    }
}

/// A process that ends with this. Some end when their input does.
struct Process {
    child: Child,
    #[expect(dead_code, reason = "it is held open")]
    stdin: Option<ChildStdin>,
}

impl Process {
    /// The first line that it says.
    fn line(&mut self) -> String {
        let mut line = String::new();
        if let Some(said) = self.child.stdout.take() {
            let _ended = BufReader::new(said).read_line(&mut line);
        }
        line
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(peer: Peer, folder: &Folder, port: u16) -> Command {
    let port = port.to_string();
    let node = |package: &str, program: &str| {
        let mut command = Command::new(folder.node());
        command.arg(folder.package(package).join(program));
        command
    };
    let mut command = match peer {
        Peer::Rehearsal => Command::new(folder.rehearsal()),
        Peer::WiremockRs | Peer::Httpmock => Command::new(env::current_exe().unwrap_or_default()),
        Peer::Oauth2MockServer => node("oauth2-mock-server", "dist/oauth2-mock-server.mjs"),
        Peer::Emulate => node("emulate", "dist/index.js"),
        Peer::OidcProviderMock => Command::new(folder.python("oidc-provider-mock")),
        Peer::WireMock => Command::new("java"),
        Peer::Mockoon => node("@mockoon/cli", "bin/run.js"),
    };
    match peer {
        Peer::Rehearsal => command.args(["serve", "--port-base", "0", "--json", "--ca-dir", "ca"]),
        Peer::WiremockRs | Peer::Httpmock => {
            command.args([in_process::ARGUMENT, peer.name()]).arg(folder.root())
        }
        Peer::Oauth2MockServer => command.args(["-a", "127.0.0.1", "-p", &port]),
        Peer::Emulate => command.args(["start", "--service", "okta", "--port", &port]),
        Peer::OidcProviderMock => command.args(["--port", &port]),
        Peer::WireMock => {
            let package = folder.package("wiremock");
            // Its version is in the name of its only file.
            let jar = package.join("build").read_dir().ok().and_then(|mut files| files.next()?.ok());
            command.arg("-jar").arg(jar.map(|file| file.path()).unwrap_or(package));
            command.arg("--root-dir").arg(folder.stub("wiremock"));
            command.args(["--bind-address", "127.0.0.1", "--use-chunked-encoding", "never", "--port", &port])
        }
        Peer::Mockoon => {
            command.arg("start").arg("--data").arg(folder.stub("mockoon.json"));
            command.args(["--hostname", "127.0.0.1", "--disable-log-to-file", "--repair", "--port", &port])
        }
    };
    command
}

fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Port)?;
    Ok(listener.local_addr().map_err(Error::Port)?.port())
}

/// Whether it answers anything.
fn answers(address: SocketAddr) -> bool {
    let asked = || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = [0; 9];
        stream.read_exact(&mut answer)?;
        std::io::Result::Ok(answer.starts_with(b"HTTP/1.1 "))
    };
    asked().unwrap_or_default()
}
