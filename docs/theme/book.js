// The manual's two conveniences: the theme chosen on this server's pages, and
// search. Every page works without.

const theme = /(?:^|; )theme=(light|dark)/.exec(document.cookie);
if (theme) document.documentElement.dataset.theme = theme[1];

const form = document.querySelector("form.search");
const input = form.querySelector("input");
const main = document.querySelector("main");
const found = document.getElementById("found");
const MOST = 20;

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("focus", load, { once: true });
input.addEventListener("input", show);
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    input.focus();
  } else if (event.key === "Escape" && event.target === input) {
    input.value = "";
    show();
  }
});

// A script, as the policy of these pages lets nothing else be fetched.
function load() {
  const index = document.createElement("script");
  index.src = input.dataset.root + "search.js";
  index.addEventListener("load", show);
  document.head.append(index);
}

function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  main.classList.toggle("done", words.length > 0);
  found.hidden = words.length === 0;
  const hits = words.length === 0 ? [] : rank(words);
  found.querySelector("p").textContent =
    hits.length === 0 ? "Nothing has all of these words." : `${hits.length} places, the closest first.`;
  found.querySelector("ol").replaceChildren(...hits.slice(0, MOST).map((hit) => item(hit, words)));
}

// Every word must be there; in a heading it counts more.
function rank(words) {
  return (window.SEARCH || [])
    .map((place) => {
      const [, page, heading, text] = place;
      const title = `${page} ${heading}`.toLowerCase();
      const body = text.toLowerCase();
      let score = 0;
      for (const word of words) {
        if (title.includes(word)) score += 10;
        else if (body.includes(word)) score += 1;
        else return null;
      }
      return { place, score };
    })
    .filter(Boolean)
    .sort((one, other) => other.score - one.score);
}

function item({ place: [path, page, heading, text] }, words) {
  const link = document.createElement("a");
  link.href = input.dataset.root + path;
  link.textContent = heading && heading !== page ? `${page}: ${heading}` : page;
  link.addEventListener("click", () => {
    input.value = "";
    show();
  });
  const at = Math.max(0, text.toLowerCase().indexOf(words[0]) - 60);
  const extract = document.createElement("p");
  extract.textContent = (at > 0 ? "…" : "") + text.slice(at, at + 180) + "…";
  const entry = document.createElement("li");
  entry.append(link, extract);
  return entry;
}
