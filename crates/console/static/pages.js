// What only the browser can do. Every page works without it.

// The token of a link stands after #, where it is in no log.
const token = window.location.hash.slice(1);
const field = document.querySelector("[data-from-link]");
if (token && field) {
  field.value = token;
  window.history.replaceState(null, "", window.location.pathname);
}
if (field?.value && field.ariaInvalid !== "true") field.closest(".field").hidden = true;

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
