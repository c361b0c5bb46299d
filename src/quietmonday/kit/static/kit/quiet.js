/* Extras for pages that work without them. Nothing here is the only way to do anything.

   data-rows              on a list: J and K move between its rows
     data-row             on each row; its first link is what Enter opens
     data-r, -w, -p       on a row: where R (reply), W (working again) and P (promise a time) go
   data-key="r"           on a link, field or button outside a list: the key goes there, on the page itself before the
                          bar around it. A link opens, a field takes the
                          focus; a button only takes the focus, so that a stray key never sends anything
   data-keys-dialog       the <dialog> that ? opens; inside it:
     data-keys-off        a checkbox: no single keys on this browser (people who dictate need that)
   data-ctrl-enter        on a form: Ctrl+Enter or Cmd+Enter sends it
   data-once              on a form: a second press while the first is under way does nothing
   data-signs-out         on a form: what this tab kept of what was typed goes
   data-print             on a button: prints the page
   data-needs-js hidden   shown only where this script runs
   htmx answers may carry HX-Trigger: {"toast": "Sent to Dele."}                                                     */

(() => {
  "use strict";
  const SWITCH = "quiet-monday-single-keys";
  const AGAIN_AFTER_MS = 10_000;
  const PICTURES_MS = 3_000;
  const rows = () => [...document.querySelectorAll("[data-rows] [data-row]")].filter((row) => row.querySelector("a[href]"));
  const rowOf = (element) => element?.closest?.("[data-row]");

  const keysAreOff = () => {
    try { return localStorage.getItem(SWITCH) === "off"; } catch { return false; } // storage may be forbidden
  };
  const switchKeys = (off) => {
    try { localStorage.setItem(SWITCH, off ? "off" : "on"); } catch { return; } // then the choice lasts for this page only
  };

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(rowOf(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, here + by));
    const link = all[next].querySelector("a[href]");
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };

  const act = (key) => {
    const target = rowOf(document.activeElement)?.getAttribute(`data-${key}`);
    if (target) { location.assign(target); return true; }
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const element = document.querySelector(`main ${wanted}`) ?? document.querySelector(wanted);
    if (!element) return false;
    if (element.matches("a[href]")) element.click();
    else { element.focus(); element.scrollIntoView({ block: "nearest" }); }
    return true;
  };

  const typing = (element) => element?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  const single = (event) => {
    const key = event.key.toLowerCase();
    if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "?") document.querySelector("[data-keys-dialog]")?.showModal();
    else if (!/^[crwp/]$/.test(key) || !act(key)) return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-ctrl-enter]");
      if (form) { event.preventDefault(); form.requestSubmit(form.querySelector("button.main:not([type=button])") ?? undefined); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    if (!keysAreOff() && event.key.length === 1) single(event);
  });

  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
    setTimeout(release, AGAIN_AFTER_MS, form); // the line may have dropped: never leave a form dead
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches?.("form")) release(event.target); });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release)); // "back" brings the old page

  document.addEventListener("toast", (event) => {
    const line = document.createElement("p");
    line.className = "toast";
    line.textContent = event.detail.value ?? event.detail;
    document.getElementById("toasts")?.replaceChildren(line);
  });

  const print = async () => {
    const pictures = [...document.querySelectorAll("img[loading=lazy]")];
    for (const picture of pictures) picture.loading = "eager"; // what nobody has scrolled to is not there yet
    const there = Promise.allSettled(pictures.map((picture) => picture.decode()));
    await Promise.race([there, new Promise((done) => setTimeout(done, PICTURES_MS))]);
    window.print();
  };
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) print();
    if (event.target.matches?.("[data-keys-off]")) switchKeys(event.target.checked);
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-signs-out]")) try { sessionStorage.clear(); } catch { return; } // drafts go with who wrote them
  });

  for (const element of document.querySelectorAll("[data-needs-js]")) element.hidden = false;
  const off = document.querySelector("[data-keys-off]");
  if (off) off.checked = keysAreOff();
})();
