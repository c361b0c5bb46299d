/* A part of a page that looks again by itself, by htmx. The page works without it.

   data-live              asks: hx-get and a trigger that repeats itself; the answer 204 says that nothing happened.
                          Not while the page is hidden, and never under somebody's hands: a row that has the focus or is chosen
                          keeps both, and its place on the screen
   data-held              shown while a row is at hand that is not in what came: the old rows stay until it is let go
   data-lost              shown while the server does not answer                                                       */

(() => {
  "use strict";
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const boxes = () => all("[data-chooses] [data-row] [type=checkbox]");
  const isLive = (event) => Boolean(event.detail.requestConfig?.elt?.matches?.("[data-live]"));
  const show = (selector, shown) => { for (const line of all(selector)) line.hidden = !shown; };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isLive(event) && (document.hidden || one("dialog[open]"))) event.preventDefault();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) window.htmx?.trigger(document.body, "look"); });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"])
    document.addEventListener(name, (event) => { if (isLive(event)) show("[data-lost]", true); });

  /* What must stay as it is: null if nothing would, as in the middle of a sort or of marking text to copy it. */
  const atHand = (answer, target) => {
    const active = document.activeElement;
    const row = active?.closest("[data-row]");
    const marks = getSelection();
    if (!marks.isCollapsed && target.contains(marks.anchorNode)) return null;
    if (!row && active?.closest("a, button, input") && (target.contains(active) || active.closest("#queue-views"))) return null;
    const chosen = boxes().filter((box) => box.checked).map((box) => box.value);
    const ids = row ? [...chosen, row.dataset.row] : chosen;
    if (ids.some((id) => !answer.includes(`data-row="${id}"`))) return null;
    return { id: row?.dataset.row, box: active?.matches("[type=checkbox]"), top: row?.getBoundingClientRect().top, chosen };
  };

  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!isLive(event)) return;
    const { xhr, pathInfo, target } = event.detail;
    show("[data-lost]", xhr.status >= 400);
    if (xhr.status !== 200) return;
    if (new URL(xhr.responseURL, location.href).pathname !== new URL(pathInfo.requestPath, location.href).pathname) {
      event.detail.shouldSwap = false;
      location.reload(); // signed out meanwhile: the whole page says so, not a part of it
      return;
    }
    kept = atHand(xhr.responseText, target);
    show("[data-held]", !kept);
    if (!kept) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (!kept) return;
    const { id, box, top, chosen } = kept;
    kept = null;
    for (const each of boxes()) each.checked = chosen.includes(each.value);
    const row = id && one(`[data-row="${id}"]`);
    if (!row) return;
    row.querySelector(box ? "[type=checkbox]" : "a[href]")?.focus({ preventScroll: true });
    scrollBy(0, row.getBoundingClientRect().top - top); // nothing moves under the eye that reads it
  });
})();
