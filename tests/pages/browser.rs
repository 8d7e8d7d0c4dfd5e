//! A headless Chromium, driven over WebDriver by Debian's chromedriver.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::TempDir;
use thirtyfour::{
    By, ChromiumLikeCapabilities, DesiredCapabilities, WebDriver, WebElement,
    extensions::query::ElementQueryable,
};
use tokio::sync::{Mutex, MutexGuard};

/// One browser at a time: several share a small machine's cores so badly that each looks dead.
static TURN: Mutex<()> = Mutex::const_new(());

/// How long a page may take to come: a click ends before the page that it leads to is there.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// How a browser is started that reaches this machine and no other.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/// A browser of its own, with a profile that is new and empty.
pub(crate) struct Browser {
    driver: WebDriver,
    server: Server,
    _profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

/// chromedriver, which is gone when this is.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended cannot be stopped, which is as well.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Browser {
    pub(crate) async fn start() -> Self {
        let turn = TURN.lock().await;
        let mut server =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().unwrap_or_else(
                |error| panic!("chromedriver does not run; install chromium-driver: {error}"),
            );
        let said = BufReader::new(server.stdout.take().expect("its output is piped"));
        let server = Server(server);
        let port = said
            .lines()
            .map_while(Result::ok)
            .filter_map(|line| line.split_once("on port ")?.1.trim_end_matches('.').parse::<u16>().ok())
            // First it repeats what it was asked for.
            .find(|port| *port != 0)
            .expect("chromedriver says its port");
        let profile = tempfile::tempdir().expect("a folder can be made");
        let mut capabilities = DesiredCapabilities::chrome();
        let folder = format!("--user-data-dir={}", profile.path().display());
        for flag in FLAGS.into_iter().chain([folder.as_str()]) {
            capabilities.add_arg(flag).expect("a flag is text");
        }
        let driver = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await;
        let driver = driver.unwrap_or_else(|error| panic!("no browser; install chromium: {error}"));
        Self { driver, server, _profile: profile, _turn: turn }
    }

    pub(crate) async fn open(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|error| panic!("{url} cannot be opened: {error}"));
    }

    /// Types into the field that the CSS selector finds.
    pub(crate) async fn type_into(&self, selector: &str, text: &str) {
        let field = self.find(selector).await;
        field.send_keys(text).await.unwrap_or_else(|error| panic!("{selector} takes no text: {error}"));
    }

    pub(crate) async fn click(&self, selector: &str) {
        let button = self.find(selector).await;
        button.click().await.unwrap_or_else(|error| panic!("{selector} cannot be clicked: {error}"));
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> String {
        self.find("body").await.text().await.expect("a page has text")
    }

    /// What a person reads on a button.
    pub(crate) async fn label(&self, selector: &str) -> String {
        self.find(selector).await.text().await.expect("a button has text")
    }

    /// Where the browser is, or tried to go, once that begins with `start`; where it stays when it never does.
    pub(crate) async fn arrives_at(&self, start: &str) -> url::Url {
        let asked = Instant::now();
        loop {
            let url = self.driver.current_url().await.expect("a page has a URL");
            if url.as_str().starts_with(start) || asked.elapsed() > PATIENCE {
                return url;
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub(crate) async fn close(self) {
        let Self { driver, server, .. } = self;
        driver.quit().await.expect("the browser ends");
        drop(server);
    }

    /// The element, as soon as the page that has it is there and shows it.
    async fn find(&self, selector: &str) -> WebElement {
        let query = self.driver.query(By::Css(selector)).and_displayed().wait(PATIENCE, LOOK_AGAIN);
        match query.first().await {
            Ok(element) => element,
            Err(error) => {
                let page = self.driver.source().await.unwrap_or_default();
                panic!("{selector} is not on the page: {error}\n{page}")
            }
        }
    }
}
