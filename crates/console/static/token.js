// Moves the token of the link from the address, where it is in no log, into
// the form. Without script there is the field to paste it into.
const token = window.location.hash.slice(1);
const field = document.querySelector("[data-from-link]");
if (token && field) {
  field.value = token;
  window.history.replaceState(null, "", window.location.pathname);
  const next = document.querySelector("#name, #password");
  if (next) next.focus();
}
