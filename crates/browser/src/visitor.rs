//! Somebody in front of the browser: what they see and what they do. One tab
//! with cookies of its own.

use std::{fmt, fs, path::Path, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::{
    DEADLINE,
    chromium::Browser,
    journal::{Asked, Journal},
    keyboard::{self, Key},
};

/// Most controls that somebody tabs over in search of one.
const TABS_MOST: usize = 200;
/// How long between two looks at a condition.
const BEAT: Duration = Duration::from_millis(20);

/// How somebody looks at pages.
#[derive(Clone, Copy, Debug)]
pub struct Eyes {
    /// Width of the window in CSS pixels.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub density: u32,
    /// Whether their system is dark.
    pub dark: bool,
    /// What their browser accepts, as `Accept-Language` says it.
    pub language: &'static str,
    /// Whether scripts of pages run.
    pub script: bool,
}

/// Where the keyboard is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Focus {
    /// The role of the control, as a screen reader is told it.
    pub role: String,
    /// Its name.
    pub name: String,
}

/// Somebody in front of the browser.
pub struct Visitor {
    browser: Arc<Browser>,
    context: String,
    session: String,
    journal: Arc<Journal>,
    downloads: TempDir,
}

impl Default for Eyes {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            density: 1,
            dark: false,
            language: "en",
            script: true,
        }
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} '{}'", self.role, self.name)
    }
}

impl Visitor {
    pub(crate) async fn new(browser: Arc<Browser>, eyes: Eyes) -> Self {
        let made = browser.ask("Target.createBrowserContext", json!({})).await;
        let context = text(&made["browserContextId"]);
        let downloads = TempDir::with_prefix("tollgate-downloads-").expect("a temporary folder");
        let keep = json!({
            "behavior": "allow", "browserContextId": context, "downloadPath": downloads.path(),
        });
        browser.ask("Browser.setDownloadBehavior", keep).await;
        let clipboard = json!({
            "browserContextId": context, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"],
        });
        browser.ask("Browser.grantPermissions", clipboard).await;
        let blank = json!({ "url": "about:blank", "browserContextId": context });
        let made = browser.ask("Target.createTarget", blank).await;
        let tab = json!({ "targetId": made["targetId"], "flatten": true });
        let attached = browser.ask("Target.attachToTarget", tab).await;
        let session = text(&attached["sessionId"]);
        let journal = browser.wire.write_down(&session);
        let visitor = Self {
            browser,
            context,
            session,
            journal,
            downloads,
        };
        for domain in ["Page", "Network", "Runtime", "Log"] {
            visitor.ask(&format!("{domain}.enable"), json!({})).await;
        }
        let intercept = json!({ "enabled": true });
        visitor
            .ask("Page.setInterceptFileChooserDialog", intercept)
            .await;
        visitor.look(eyes).await;
        visitor
    }

    /// Look at pages another way from now on. A page that is open keeps its
    /// language and what its scripts have done.
    pub async fn look(&self, eyes: Eyes) {
        let version = self.browser.ask("Browser.getVersion", json!({})).await;
        let agent = json!({ "userAgent": version["userAgent"], "acceptLanguage": eyes.language });
        self.ask("Emulation.setUserAgentOverride", agent).await;
        let window = json!({
            "width": eyes.width, "height": eyes.height, "deviceScaleFactor": eyes.density, "mobile": false,
        });
        self.ask("Emulation.setDeviceMetricsOverride", window).await;
        let scheme = if eyes.dark { "dark" } else { "light" };
        // Colours in the middle of a transition belong to nobody.
        let media = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.ask("Emulation.setEmulatedMedia", media).await;
        let script = json!({ "value": !eyes.script });
        self.ask("Emulation.setScriptExecutionDisabled", script)
            .await;
    }

    /// Go to an address, and wait till the page has loaded.
    pub async fn open(&self, url: &str) {
        let before = self.journal.loads();
        let gone = self.ask("Page.navigate", json!({ "url": url })).await;
        if let Some(fault) = gone["errorText"].as_str() {
            panic!("{url}: {fault}");
        }
        self.journal.loaded_after(before).await;
    }

    /// Keep a cookie as if `url` had set it.
    pub async fn keep_cookie(&self, url: &str, name: &str, value: &str) {
        let cookie = json!({ "url": url, "name": name, "value": value });
        self.ask("Network.setCookie", cookie).await;
    }

    /// Type a text where the keyboard is.
    pub async fn write(&self, text: &str) {
        for letter in text.chars() {
            self.strike(keyboard::letter(letter)).await;
        }
    }

    /// Press a key.
    pub async fn press(&self, key: Key) {
        self.strike(key.events()).await;
    }

    /// Press a key that leads to another page, and wait till that has loaded.
    pub async fn follow(&self, key: Key) {
        let before = self.journal.loads();
        self.press(key).await;
        self.journal.loaded_after(before).await;
    }

    /// Press Tab until the keyboard is at that control; its name may be longer
    /// than `name`. Each control on the way shows that it has the focus.
    pub async fn tab_to(&self, role: &str, name: &str) {
        let mut met: Vec<String> = Vec::new();
        for _ in 0..TABS_MOST {
            self.press(Key::Tab).await;
            let focus = self.focus().await;
            if focus.role == role && focus.name.starts_with(name) {
                assert!(
                    self.shows_focus().await,
                    "one cannot see the focus on {focus}"
                );
                return;
            }
            met.push(focus.to_string());
            // Round twice: it is not there.
            if met.len() > 8 && met.iter().filter(|known| **known == met[0]).count() > 3 {
                break;
            }
        }
        let page = self.text().await;
        panic!("no way by Tab to {role} '{name}'; met {met:#?} in:\n{page}");
    }

    /// Tab to a field and type into it, in place of what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        self.tab_to("textbox", name).await;
        self.evaluate("document.activeElement.select()").await;
        self.write(text).await;
    }

    /// Press Space on a button that asks for a file, and choose that one.
    pub async fn choose_file(&self, file: &Path) {
        self.press(Key::Space).await;
        let node = self.journal.chooser().await;
        let chosen = json!({ "backendNodeId": node, "files": [file] });
        self.ask("DOM.setFileInputFiles", chosen).await;
    }

    /// Press Space on a button that saves a file; the file's name and text.
    pub async fn save_file(&self) -> (String, String) {
        self.press(Key::Space).await;
        let start = Instant::now();
        loop {
            let files = fs::read_dir(self.downloads.path()).expect("a folder of ours");
            let mut paths = files.map(|file| file.expect("a file").path());
            // Under way it has a name of the browser's.
            let whole = paths.find(|path| path.extension().is_some_and(|it| it == "txt"));
            if let Some(path) = whole {
                let name = path
                    .file_name()
                    .expect("a file")
                    .to_string_lossy()
                    .into_owned();
                return (name, fs::read_to_string(&path).expect("text"));
            }
            assert!(
                start.elapsed() < DEADLINE,
                "nothing was saved in {DEADLINE:?}"
            );
            sleep(BEAT).await;
        }
    }

    /// Set these fields of the form that has the first of them, and send it
    /// without the browser's own checks, as a script of a stranger could.
    pub async fn send(&self, fields: &[(&str, &str)]) {
        let (first, _) = fields.first().expect("a field says which form");
        let form = format!("document.querySelector('form [name={first}]').form");
        let fields: Value = fields.iter().copied().collect();
        self.submit(&form, &fields).await;
    }

    /// Send the form that goes to `action`, as it stands in the page.
    pub async fn send_to(&self, action: &str) {
        let form = format!("document.querySelector('form[action=\"{action}\"]')");
        self.submit(&form, &json!({})).await;
    }

    /// Where the keyboard is, as a screen reader is told it.
    pub async fn focus(&self) -> Focus {
        let active = json!({ "expression": "document.activeElement" });
        let active = self.ask("Runtime.evaluate", active).await;
        let node = json!({ "objectId": active["result"]["objectId"], "fetchRelatives": false });
        let tree = self.ask("Accessibility.getPartialAXTree", node).await;
        let node = &tree["nodes"][0];
        let role = text(&node["role"]["value"]);
        Focus {
            // One of several menus that close each other is a menu like any other.
            role: role.trim_end_matches("Grouped").to_owned(),
            name: text(&node["name"]["value"]),
        }
    }

    /// Whether the control with the focus looks different for it.
    pub async fn shows_focus(&self) -> bool {
        let seen = self
            .evaluate(
                "(() => { const style = getComputedStyle(document.activeElement); \
                 return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) \
                 || style.boxShadow !== 'none'; })()",
            )
            .await;
        seen == true
    }

    /// The text of the page as it is shown.
    pub async fn text(&self) -> String {
        text(&self.evaluate("document.body.innerText").await)
    }

    /// The first heading.
    pub async fn heading(&self) -> String {
        let heading = "document.querySelector('h1')?.innerText ?? ''";
        text(&self.evaluate(heading).await)
    }

    /// Path and query of the page.
    pub async fn path(&self) -> String {
        text(&self.evaluate("location.pathname + location.search").await)
    }

    /// What an expression of ours comes to in the page, waited for if it is a
    /// promise. The page's own policy does not hold it back.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let value = self.try_evaluate(expression).await;
        value.unwrap_or_else(|fault| panic!("{fault}\n  in {}", shortened(expression)))
    }

    /// Wait till a condition of ours holds in the page, over loads too.
    pub async fn until(&self, condition: &str) {
        let start = Instant::now();
        while self.try_evaluate(condition).await != Ok(Value::Bool(true)) {
            if start.elapsed() > DEADLINE {
                let page = self.text().await;
                panic!("not in {DEADLINE:?}: {condition}; the page is:\n{page}");
            }
            sleep(BEAT).await;
        }
    }

    /// Everything that its pages have asked for so far.
    pub fn requests(&self) -> Vec<Asked> {
        self.journal.requests()
    }

    /// What the browser has complained of so far: errors of scripts, the
    /// console, the content security policy, the network.
    pub fn complaints(&self) -> Vec<String> {
        self.journal.complaints()
    }

    /// What is in the window, as PNG.
    pub async fn screenshot(&self) -> Vec<u8> {
        let shot = self
            .ask("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let data = STANDARD.decode(text(&shot["data"]));
        packed(&data.expect("a screenshot in base64"))
    }

    async fn submit(&self, form: &str, fields: &Value) {
        let before = self.journal.loads();
        let send = format!(
            "(() => {{ const form = {form}; \
             for (const [name, value] of Object.entries({fields})) form.elements[name].value = value; \
             HTMLFormElement.prototype.submit.call(form); }})()"
        );
        self.evaluate(&send).await;
        self.journal.loaded_after(before).await;
    }

    async fn strike(&self, events: [Value; 2]) {
        for event in events {
            self.ask("Input.dispatchKeyEvent", event).await;
        }
    }

    async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let wire = &self.browser.wire;
        let mut said = wire
            .ask(Some(&self.session), "Runtime.evaluate", params)
            .await?;
        match said.get("exceptionDetails") {
            None => Ok(said["result"]["value"].take()),
            Some(fault) => Err(fault.to_string()),
        }
    }

    /// A command to the tab, which must succeed.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Value {
        let wire = &self.browser.wire;
        let answer = wire.ask(Some(&self.session), method, params).await;
        answer.unwrap_or_else(|fault| panic!("{method}: {fault}"))
    }
}

impl Drop for Visitor {
    fn drop(&mut self) {
        let wire = &self.browser.wire;
        let context = json!({ "browserContextId": self.context });
        wire.tell("Target.disposeBrowserContext", context);
        wire.forget(&self.session);
    }
}

/// The same picture in fewer bytes: the browser packs in haste.
fn packed(png: &[u8]) -> Vec<u8> {
    let mut picture = image::load_from_memory(png).expect("a PNG").into_rgb8();
    // Without its last bit a gradient is no noise any more, and looks the same.
    for value in picture.iter_mut() {
        *value |= 1;
    }
    let pack = |filter| {
        let mut packed = Vec::new();
        let encoder = PngEncoder::new_with_quality(&mut packed, CompressionType::Best, filter);
        picture.write_with_encoder(encoder).expect("a PNG");
        packed
    };
    // Flat colours pack best as they are, gradients as differences.
    let filters = [FilterType::NoFilter, FilterType::Up, FilterType::Paeth];
    let tries = filters.map(pack).into_iter();
    tries.min_by_key(Vec::len).expect("one is the smallest")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn shortened(expression: &str) -> String {
    expression.chars().take(300).collect()
}
