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
