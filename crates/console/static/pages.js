// What only the browser can do. Every page works without it.

// The token of a link stands after #, where it is in no log. Where one signs in first, this tab
// keeps it until then.
const field = document.querySelector("[data-from-link]");
const path = window.location.pathname;
const token = window.location.hash.slice(1) || (field && window.sessionStorage.getItem(path));
if (token && field) {
  field.value = token;
  window.history.replaceState(null, "", path);
  if (field.dataset.fromLink === "keep") window.sessionStorage.setItem(path, token);
  else window.sessionStorage.removeItem(path);
}
const around = field?.closest(".field");
if (around && field.value && field.ariaInvalid !== "true") around.hidden = true;

// The first field that is wrong, otherwise the first that is empty where the form is all there is.
const fields = [...document.querySelectorAll(".field:not([hidden]) :is(input, textarea)")];
const first = fields.find((one) => one.ariaInvalid === "true") ?? fields.find((one) => !one.value && one.closest(".card"));
if (first && document.activeElement === document.body) {
  first.focus();
  first.select();
}

// Show a password, until the form is sent.
for (const button of document.querySelectorAll("[data-peek]")) {
  const input = document.getElementById(button.dataset.peek);
  const show = (shown) => {
    input.type = shown ? "text" : "password";
    button.querySelector("span").textContent = shown ? button.dataset.hide : button.dataset.show;
  };
  button.hidden = false;
  button.addEventListener("click", () => show(input.type === "password"));
  input.form.addEventListener("submit", () => show(false));
}

// How good a new password would be, once typing pauses.
for (const line of document.querySelectorAll("[data-strength]")) {
  const input = document.getElementById(line.dataset.strength);
  const [meter, words] = line.children;
  const weigh = async () => {
    const typed = new FormData(input.form);
    const body = new URLSearchParams({ password: input.value, lang: document.documentElement.lang });
    for (const name of ["form_token", "name", "email", "username"]) body.set(name, typed.get(name) ?? "");
    const answer = await fetch("/password/strength", { method: "POST", body }).catch(() => null);
    if (!answer?.ok || body.get("password") !== input.value) return;
    const told = await answer.json();
    meter.value = told.score;
    words.textContent = told.words;
    line.hidden = false;
  };
  let pause;
  input.addEventListener("input", () => {
    clearTimeout(pause);
    if (input.value) pause = setTimeout(weigh, 400);
    else line.hidden = true;
  });
}

// Says aloud what a button did. In the button it would take the button's name away.
const aloud = document.createElement("p");
aloud.setAttribute("role", "status");
aloud.className = "only-heard";
document.getElementById("main").append(aloud);

// Copy and save what stands in an element.
const text = (id) => document.getElementById(id).textContent;
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const words = button.querySelector("span");
  const said = words.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text(button.dataset.copy));
    words.textContent = aloud.textContent = button.dataset.copied;
    button.classList.add("is-done");
    setTimeout(() => {
      words.textContent = said;
      aloud.textContent = "";
      button.classList.remove("is-done");
    }, 2000);
  });
}
for (const button of document.querySelectorAll("[data-save]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text(button.dataset.save)], { type: "text/plain" }));
    link.download = button.dataset.file;
    link.click();
    URL.revokeObjectURL(link.href);
  });
}

// Work that is asked of strangers while passwords are tried all over: a number with which the
// SHA-256 of both begins with so many zeros. The form waits for it.
const primes = [];
for (let one = 2; primes.length < 64; one += 1) if (primes.every((known) => one % known)) primes.push(one);
const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
const rounds = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const turn = (word, by) => (word >>> by) | (word << (32 - by));
const schedule = new Int32Array(64);
const block = (state, view, at) => {
  for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    schedule[i] = schedule[i - 16] + schedule[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i += 1) {
    const s = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] + schedule[i]) | 0;
    const m = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g; g = f; f = e; e = (d + s) | 0;
    d = c; c = b; b = a; a = (s + m) | 0;
  }
  return Int32Array.of(a + state[0], b + state[1], c + state[2], d + state[3], e + state[4], f + state[5], g + state[6], h + state[7]);
};
const work = async (asked) => {
  const zeros = Number(asked.split(".")[2]);
  const begun = block(primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))), new DataView(new TextEncoder().encode(asked).buffer), 0);
  const padded = new Uint8Array(64);
  const view = new DataView(padded.buffer);
  for (let number = 0; ; number += 1) {
    const rest = `${asked.slice(64)}:${number}`;
    for (let i = 0; i < rest.length; i += 1) padded[i] = rest.charCodeAt(i);
    padded[rest.length] = 128;
    view.setInt32(60, (64 + rest.length) * 8);
    if (Math.clz32(block(begun, view, 0)[0]) >= zeros) return `${asked}:${number}`;
    if (number % 5000 === 4999) await new Promise((resolve) => setTimeout(resolve));
  }
};
for (const input of document.querySelectorAll("[data-work]")) {
  const done = work(input.dataset.work).then((proof) => (input.value = proof));
  input.form.addEventListener("submit", (event) => {
    if (input.value) return;
    event.preventDefault();
    done.then(() => input.form.requestSubmit());
  });
}

// Menus close as people expect.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Full times as the reader's clock has them.
for (const time of document.querySelectorAll("time[datetime]")) {
  const when = new Date(time.dateTime);
  if (!Number.isNaN(when.valueOf())) {
    time.title = when.toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "long" });
  }
}

// What the address bar says.
const origin = document.querySelector("[data-origin]");
if (origin) origin.textContent = window.location.origin;

// Passkeys: the browser answers the question of a form, and the form takes the answer along.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const base64 = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (ids) => ids?.map((one) => ({ ...one, id: bytes(one.id) }));
const written = (made) => {
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const present = parts.filter((part) => made.response[part]);
  const response = Object.fromEntries(present.map((part) => [part, base64(made.response[part])]));
  return JSON.stringify({ id: made.id, rawId: base64(made.rawId), type: made.type, response });
};
let waiting;
for (const form of document.querySelectorAll("[data-passkey]")) {
  const [said, words] = [form.querySelector("[data-said]"), form.dataset];
  const { ceremony, credential, remember, trust } = form.elements;
  const makes = words.passkey === "create";
  form.hidden = false;
  const asked = async () => {
    if (makes) return { ceremony: ceremony.value, options: JSON.parse(words.options) };
    const typed = new FormData(form);
    const body = new URLSearchParams();
    for (const name of ["form_token", "challenge"]) if (typed.has(name)) body.set(name, typed.get(name));
    const answer = await fetch(words.begin, { method: "POST", body });
    if (!answer.ok) throw new Error();
    const told = await answer.json();
    return { ceremony: told.ceremony, options: JSON.parse(told.options) };
  };
  const use = async (more) => {
    const question = await asked();
    const options = question.options.publicKey;
    options.challenge = bytes(options.challenge);
    if (makes) options.user.id = bytes(options.user.id);
    options.excludeCredentials = named(options.excludeCredentials);
    options.allowCredentials = named(options.allowCredentials);
    const request = { publicKey: options, ...more };
    credential.value = written(await (makes ? navigator.credentials.create(request) : navigator.credentials.get(request)));
    ceremony.value = question.ceremony;
    for (const box of [remember, trust]) {
      const ticked = box && document.querySelector(`[type=checkbox][name=${box.name}]`);
      if (ticked) box.disabled = !ticked.checked;
    }
    form.submit();
  };
  // Browsers tell a refusal by the owner, a wait that was too long and a missing passkey by one name.
  const why = (fault, took) => {
    if (fault.name === "NotAllowedError") return took > 290_000 ? words.late : took < 700 && !makes ? words.absent : words.cancelled;
    const known = { AbortError: words.cancelled, InvalidStateError: words.known, SecurityError: words.elsewhere };
    const unable = ["NotSupportedError", "ConstraintError"].includes(fault.name);
    return known[fault.name] ?? (unable ? words.unsupported : words.failed);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.hidden = true;
    waiting?.abort();
    const begun = performance.now();
    try {
      if (!window.PublicKeyCredential) throw new DOMException("", "NotSupportedError");
      await use({});
    } catch (fault) {
      said.firstElementChild.textContent = why(fault, performance.now() - begun);
      said.setAttribute("role", "alert");
      said.hidden = false;
    }
  });
  // While a name is typed the browser offers passkeys beside the names that it knows. A question
  // lives five minutes: who comes back to the field later has it put anew.
  const login = document.querySelector("[autocomplete~=webauthn]");
  if (!login || makes) continue;
  let since = -Infinity;
  const offer = async () => {
    if (!(await window.PublicKeyCredential?.isConditionalMediationAvailable?.())) return;
    if (performance.now() - since < 240_000) return;
    since = performance.now();
    waiting?.abort();
    waiting = new AbortController();
    use({ mediation: "conditional", signal: waiting.signal }).catch(() => {});
  };
  login.addEventListener("focus", offer);
  if (document.activeElement === login) offer();
}
