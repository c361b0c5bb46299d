/* Extras for pages that work without them. Nothing here is the only way to do anything.

   data-rows              on a list: J and K move between its rows
     data-r, -w, -p       on the list: where R (reply), W (working again) and P (promise a time) go on a request's own page
     data-row="id"        on each row; its first link is what Enter opens, X ticks its box
   data-chooses           on a form around such a list: its boxes choose rows
     data-all             a box that ticks all of them
     data-says            tells how many are chosen; its value is the sentence, with %(n)s
     data-chosen="a"      a button for what is chosen: the key presses it, with the row at hand where none is chosen
   data-key="r"           on a link, field or button: the key goes there, on the page itself before the bar around it. A link opens, a field takes the focus; a button
                          only takes the focus, so that a stray key never sends anything
   data-go="q"            on a link: G, then the key, opens it
   data-keys-dialog       the <dialog> that ? opens, with what works on this page; inside it:
     data-for="r"         is left out where nothing on the page answers to that key; data-for="rows", "go" likewise
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
  const GO_WITHIN_MS = 1500;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (selector, within = document) => within.querySelector(selector);
  const rows = () => all("[data-rows] [data-row]").filter((row) => one("a[href]", row));
  const rowOf = (element) => element?.closest?.("[data-row]");
  const boxes = () => all("[data-chooses] [data-row] [type=checkbox]");

  const keysAreOff = () => {
    try { return localStorage.getItem(SWITCH) === "off"; } catch { return false; } // storage may be forbidden
  };
  const switchKeys = (off) => {
    try { localStorage.setItem(SWITCH, off ? "off" : "on"); } catch { return; } // then the choice lasts for this page only
  };

  const step = (by) => {
    const list = rows();
    if (!list.length) return;
    const here = list.indexOf(rowOf(document.activeElement));
    const next = here < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, here + by));
    const link = one("a[href]", list[next]);
    link.focus();
    link.scrollIntoView({ block: "nearest" });
  };

  const choose = () => {
    const box = one("[type=checkbox]", rowOf(document.activeElement) ?? document.createElement("p"));
    if (!box) return false;
    box.click();
    return true;
  };
  const countChosen = () => {
    const list = boxes();
    const chosen = list.filter((box) => box.checked).length;
    for (const line of all("[data-says]")) line.textContent = chosen ? line.dataset.says.replace("%(n)s", chosen) : "";
    for (const box of all("[data-all]")) { box.checked = chosen > 0 && chosen === list.length; box.indeterminate = chosen > 0 && chosen < list.length; }
  };

  const act = (key) => {
    const row = rowOf(document.activeElement);
    const place = row?.closest("[data-rows]")?.getAttribute(`data-${key}`);
    if (place) { location.assign(new URL(place, one("a[href]", row).href)); return true; }
    const button = one(`[data-chosen="${CSS.escape(key)}"]`);
    if (button) {
      if (!boxes().some((box) => box.checked) && !choose()) return false;
      button.click();
      return true;
    }
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const element = one(`main ${wanted}`) ?? one(wanted);
    if (!element) return false;
    if (element.matches("a[href]")) element.click();
    else { element.focus(); element.scrollIntoView({ block: "nearest" }); }
    return true;
  };

  const showKeys = () => {
    const dialog = one("[data-keys-dialog]");
    if (!dialog) return false;
    const works = { rows: () => rows().length, go: () => one("[data-go]"), x: () => boxes().length, enter: () => one("form[data-ctrl-enter]") };
    for (const line of all("[data-for]", dialog)) {
      const key = line.dataset.for;
      line.hidden = !(works[key] ? works[key]() : one(`[data-key="${key}"], [data-chosen="${key}"], [data-rows][data-${CSS.escape(key)}]`));
    }
    dialog.showModal();
    return true;
  };

  const typing = (element) => element?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

  let goingSince = -Infinity; // when G was pressed
  const single = (event) => {
    const key = event.key.toLowerCase();
    const going = event.timeStamp - goingSince < GO_WITHIN_MS;
    goingSince = -Infinity;
    const place = going && one(`[data-go="${CSS.escape(key)}"]`);
    if (place) place.click();
    else if (key === "g") goingSince = event.timeStamp;
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "?") { if (!showKeys()) return; }
    else if (key === "x" ? !choose() : !/^[a-z/]$/.test(key) || !act(key)) return;
    event.preventDefault();
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const form = event.target.closest?.("form[data-ctrl-enter]");
      if (form) { event.preventDefault(); form.requestSubmit(one("button.main:not([type=button]), button:not([type=button])", form) ?? undefined); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || one("dialog[open]")) return;
    if (!keysAreOff() && event.key.length === 1) single(event);
  });

  const release = (form) => {
    delete form.dataset.sent;
    for (const button of all("button", form)) button.removeAttribute("aria-disabled");
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    for (const button of all("button", form)) button.setAttribute("aria-disabled", "true");
    setTimeout(release, AGAIN_AFTER_MS, form); // the line may have dropped: never leave a form dead
  });
  document.addEventListener("htmx:afterRequest", (event) => { if (event.target.matches?.("form")) release(event.target); });
  window.addEventListener("pageshow", () => { all("form[data-sent]").forEach(release); countChosen(); }); // "back" brings the old page

  document.addEventListener("htmx:afterSwap", () => start()); // what came is as new as the page was

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
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-all]")) for (const box of boxes()) box.checked = event.target.checked;
    countChosen();
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-signs-out]")) try { sessionStorage.clear(); } catch { return; } // drafts go with who wrote them
  });

  const start = () => {
    for (const element of all("[data-needs-js]")) element.hidden = false;
    countChosen();
  };
  start();
  const off = one("[data-keys-off]");
  if (off) off.checked = keysAreOff();
})();
