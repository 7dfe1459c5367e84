//! Judges of an open page: axe-core and HTML_CodeSniffer (`vendor/README.md`),
//! and a few checks of ours. Each answers with what is wrong.

use serde_json::Value;

use crate::visitor::Visitor;

const AXE: &str = include_str!("../vendor/axe-core/axe.min.js");
const CODE_SNIFFER: &str = include_str!("../vendor/html_codesniffer/HTMLCS.js");

/// WCAG 2.2 up to AA, and axe's best practices.
const RUN_AXE: &str = r"
axe.run(document, {
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  resultTypes: ['violations'],
}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(
  (node) => `axe ${id}: ${help}: ${node.html} (${node.failureSummary})`)))
";

/// What the scheme of colours can change, and nothing else.
const RUN_CONTRAST: &str = r"
axe.run(document, {
  runOnly: { type: 'rule', values: ['color-contrast'] },
  resultTypes: ['violations'],
}).then(({ violations }) => violations.flatMap(({ id, help, nodes }) => nodes.map(
  (node) => `axe ${id}: ${help}: ${node.html} (${node.failureSummary})`)))
";

/// Only errors: warnings and notices ask a person to look. It takes an input
/// without a type for no text, and then lacks the words to say so.
const RUN_CODE_SNIFFER: &str = r"
document.querySelectorAll('input:not([type])').forEach((input) => input.setAttribute('type', 'text'));
new Promise((tell, fail) => HTMLCS.process('WCAG2AA', document, () => tell(
  HTMLCS.getMessages().filter(({ type }) => type === HTMLCS.ERROR).map(
    ({ code, msg, element }) => `HTMLCS ${code}: ${msg}: ${element.outerHTML?.slice(0, 200)}`)), fail))
";

/// What sticks out makes people scroll sideways.
const SIDEWAYS: &str = r"
(() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll('body *')].filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return right > room + 1 || left < -1;
  });
  return [`scrolls sideways: ${document.documentElement.scrollWidth} of ${room} px`,
    ...wide.slice(0, 5).map((element) => `  sticks out: ${element.outerHTML.slice(0, 200)}`)];
})()
";

impl Visitor {
    /// What axe-core and HTML_CodeSniffer find, over all of the open page.
    pub async fn accessibility_faults(&self) -> Vec<String> {
        let there = "typeof axe === 'object' && typeof HTMLCS === 'object'";
        if self.evaluate(there).await != true {
            for script in [AXE, CODE_SNIFFER] {
                self.evaluate(&format!("{script}\n;0")).await;
            }
        }
        let mut faults = lines(&self.evaluate(RUN_AXE).await);
        faults.extend(lines(&self.evaluate(RUN_CODE_SNIFFER).await));
        faults
    }

    /// What axe-core finds of contrasts, on a page that was judged in other colours by
    /// [`Self::accessibility_faults`].
    pub async fn contrast_faults(&self) -> Vec<String> {
        lines(&self.evaluate(RUN_CONTRAST).await)
    }

    /// Whether, and by what, one must scroll sideways.
    pub async fn sideways(&self) -> Vec<String> {
        lines(&self.evaluate(SIDEWAYS).await)
    }

    /// Size of a file of the page's server after gzip.
    pub async fn gzipped(&self, url: &str) -> u64 {
        // A page's own policy may forbid it to fetch; a page without one may.
        self.open(url).await;
        let packed = "new Response(new Blob([document.body.innerText]).stream()\
            .pipeThrough(new CompressionStream('gzip'))).arrayBuffer().then((it) => it.byteLength)";
        self.evaluate(packed).await.as_u64().expect("a size")
    }
}

fn lines(found: &Value) -> Vec<String> {
    let lines = found.as_array().expect("a list of findings").iter();
    lines
        .map(|line| line.as_str().unwrap_or_default().to_owned())
        .collect()
}
