//! One run: starts, memory, and rounds in turns.

use std::time::Duration;

use tokio::runtime::{self, Runtime};

use crate::{
    asked::Asked,
    beside::{ROUND, ROUNDS, body},
    error::Error,
    folder::Folder,
    load::{Asking, Until, load},
    peer::Peer,
    running::Running,
    stubs::Bodies,
};

/// Each is started so often; the median counts.
pub(crate) const STARTS: usize = 5;
/// Requests of each kind before memory is looked at again. They also warm up what compiles as it runs.
pub(crate) const REQUESTS: usize = 10_000;

/// What was measured of one.
pub(crate) struct Measured {
    pub(crate) peer: Peer,
    pub(crate) starts: Vec<Duration>,
    /// Resident, in KiB: after the start, and after the load.
    pub(crate) memory: [u64; 2],
    /// Requests a second, by round.
    pub(crate) issue: Vec<f64>,
    pub(crate) call: Vec<f64>,
    pub(crate) is_checked: bool,
}

impl Measured {
    pub(crate) fn start(&self) -> Duration {
        let mut starts = self.starts.clone();
        starts.sort();
        starts.get(starts.len() / 2).copied().unwrap_or_default()
    }

    pub(crate) fn issues(&self) -> f64 {
        best(&self.issue)
    }

    pub(crate) fn calls(&self) -> f64 {
        best(&self.call)
    }
}

fn best(rounds: &[f64]) -> f64 {
    rounds.iter().copied().fold(0.0, f64::max)
}

/// One under measurement.
struct Turn {
    running: Running,
    asked: Asked,
    measured: Measured,
}

#[expect(clippy::print_stderr, reason = "it takes minutes")]
pub(crate) fn measure(folder: &Folder, peers: &[Peer]) -> Result<Vec<Measured>, Error> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Runtime)?;
    let mut turns = Vec::new();
    for peer in peers {
        eprintln!("{peer}: started {STARTS} times, then {REQUESTS} requests of each kind");
        let turn = Turn::begin(*peer, folder, &runtime)?;
        if *peer == Peer::Rehearsal {
            turn.last_answers().write(folder)?;
        }
        turns.push(turn);
    }
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}, each of {ROUND:?} and kind");
        for turn in &mut turns {
            turn.round(&runtime)?;
        }
    }
    Ok(turns.into_iter().map(|turn| turn.measured).collect())
}

impl Turn {
    fn begin(peer: Peer, folder: &Folder, runtime: &Runtime) -> Result<Self, Error> {
        let mut starts = Vec::new();
        for _ in 1..STARTS {
            starts.push(Running::start(peer, folder)?.took);
        }
        let running = Running::start(peer, folder)?;
        starts.push(running.took);
        let first = running.memory();
        let asked = runtime.block_on(Asked::of(&running)).map_err(running.failed("tokens to begin with"))?;
        let measured = Measured {
            peer,
            starts,
            memory: [first, 0],
            issue: Vec::new(),
            call: Vec::new(),
            is_checked: asked.is_checked,
        };
        let mut turn = Self { running, asked, measured };
        turn.load(runtime, Until::Requests(REQUESTS))?;
        turn.measured.memory[1] = turn.running.memory();
        Ok(turn)
    }

    fn load(&mut self, runtime: &Runtime, until: Until) -> Result<[f64; 2], Error> {
        let address = self.running.address;
        let one = |what, asking: &mut [Asking]| {
            runtime.block_on(load(address, asking, until)).map_err(self.running.failed(what))
        };
        Ok([one("tokens", &mut self.asked.issue)?, one("a call", &mut self.asked.call)?])
    }

    fn round(&mut self, runtime: &Runtime) -> Result<(), Error> {
        let [issue, call] = self.load(runtime, Until::Elapsed(ROUND))?;
        self.measured.issue.push(issue);
        self.measured.call.push(call);
        Ok(())
    }

    /// Its last answers are those of the stubs.
    fn last_answers(&self) -> Bodies {
        let last = |asking: &[Asking]| {
            let last = asking.first().and_then(|asking| body(asking.last()));
            last.map(|(_, body)| String::from_utf8_lossy(body).into_owned()).unwrap_or_default()
        };
        Bodies { tokens: last(&self.asked.issue), user: last(&self.asked.call) }
    }
}
