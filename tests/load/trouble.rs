//! A provider that is down, hangs, and comes back while the instances service runs.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use rehearsal::Vendor;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    served::PATIENCE,
    service::{Front, stage},
};

/// A provider that says nothing for so long is given up.
const TIMEOUT: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Weather {
    Fair,
    /// Connections break.
    Down,
    /// Connections are taken, and nothing comes.
    Hanging,
}

/// The way to a provider.
struct Road {
    address: SocketAddr,
    weather: watch::Sender<Weather>,
    open: Arc<AtomicUsize>,
}

impl Road {
    async fn to(provider: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a loopback port is free");
        let address = listener.local_addr().expect("the listener is open");
        let (weather, seen) = watch::channel(Weather::Fair);
        let open = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&open);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (count, seen) = (Arc::clone(&count), seen.clone());
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    travel(stream, provider, seen).await;
                    count.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, weather, open }
    }

    fn becomes(&self, weather: Weather) {
        self.weather.send_replace(weather);
    }

    /// Waits until no more than `count` connections are open.
    async fn empties_to(&self, count: usize) {
        let since = Instant::now();
        while self.open.load(Ordering::SeqCst) > count {
            let open = self.open.load(Ordering::SeqCst);
            assert!(since.elapsed() < PATIENCE, "{open} connections are still open, and not {count}");
            tokio::task::yield_now().await;
        }
    }
}

/// One connection, for as long as the weather stays as it is.
async fn travel(mut stream: TcpStream, provider: SocketAddr, mut weather: watch::Receiver<Weather>) {
    let now = *weather.borrow_and_update();
    let on_the_way = async {
        match now {
            Weather::Down => {}
            Weather::Fair => {
                let mut onward = TcpStream::connect(provider).await.expect("the stand-in listens");
                // Whichever side breaks, the connection is over.
                let _ = copy_bidirectional(&mut stream, &mut onward).await;
            }
            Weather::Hanging => {
                let mut sink = tokio::io::sink();
                let _ = tokio::io::copy(&mut stream, &mut sink).await;
            }
        }
    };
    tokio::select! {
        () = on_the_way => {}
        _ = weather.changed() => {}
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_comes_and_goes_is_told_as_the_contract_says_and_leaks_no_connection() {
    const CALLERS: usize = 20;
    let stage = stage();
    let road = Road::to(stage.address(Vendor::Box)).await;
    let front = Arc::new(Front::of(stage, road.address, TIMEOUT).await);
    let made = front.create("behind a bad road").await;
    for round in 0..3 {
        for (weather, status, message) in [
            (Weather::Down, 502, "The provider could not be reached"),
            (Weather::Hanging, 502, "The provider did not answer in time"),
            (Weather::Fair, 200, ""),
        ] {
            road.becomes(weather);
            // A connection that was kept alive ends with the weather; whoever picks it meanwhile sees it break.
            road.empties_to(0).await;
            let calls = (0..CALLERS).map(|_| front.call(&made));
            for (got, body) in futures::future::join_all(calls).await {
                assert_eq!(got, status, "round {round}, {weather:?}: {body}");
                assert_eq!(
                    body["message"].as_str().unwrap_or_default(),
                    message,
                    "round {round}, {weather:?}"
                );
            }
            // What is kept alive is no more than what was used at once, and nothing where nothing worked.
            road.empties_to(if weather == Weather::Fair { CALLERS } else { 0 }).await;
        }
    }
    let (status, instance) = front.read(&made).await;
    assert_eq!((status, &instance["valid"]), (200, &serde_json::json!(true)), "trouble is no refusal");
}
