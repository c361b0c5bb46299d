/* Extras of the message box. The page works without them.

   data-draft="id"        on a form: what is typed outlives a page that is lost, in this tab and until it is sent, thrown
                          away, a day old, or somebody signs out or in as somebody else. id begins with the account's
   data-sent              on the toast of a page: what was typed arrived, its draft goes
   data-writing           a hidden field of a form: "1" while somebody types
   data-while-seen        asks the server again and again only while the page is seen
   data-use="id"          on a link: puts its data-text where the cursor was, and the id into [name=canned]
   data-files             on a file field: says before sending what goes with the message; pictures can be pasted
   data-say-…             on the form: what is said, in the reader's language; {name} and {size} are put in              */

(() => {
  "use strict";
  const PREFIX = "quiet-monday-draft:";
  const DAY_MS = 86_400_000;
  const TYPING_MS = 30_000;

  const store = {
    read(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } }, // storage may be forbidden
    write(key, draft) { try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { return; } }, // or full
    drop(key) { try { sessionStorage.removeItem(key); } catch { return; } },
    keys() { try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
  };

  const say = (form, what, parts = {}) =>
    (form.getAttribute(`data-say-${what}`) ?? "").replace(/\{(\w+)\}/g, (whole, name) => parts[name] ?? whole);

  const element = (tag, words, more = {}) => Object.assign(document.createElement(tag), { textContent: words, ...more });

  const keepDrafts = (form, box) => {
    const key = PREFIX + form.dataset.draft;
    const account = PREFIX + form.dataset.draft.split(".")[0];
    for (const other of store.keys()) if (!other.startsWith(account)) store.drop(other);
    const draft = store.read(key);
    const arrived = draft?.sent && document.querySelector("[data-sent]");
    if (draft && (arrived || Date.now() - draft.at > DAY_MS)) store.drop(key);
    else if (draft?.text && !box.value.trim()) giveBack(form, box, key, draft);
    let timer;
    const keep = () => (box.value.trim() ? store.write(key, { text: box.value, at: Date.now() }) : store.drop(key));
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 300); });
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      if (box.value.trim()) store.write(key, { text: box.value, at: Date.now(), sent: true });
    });
  };

  const giveBack = (form, box, key, draft) => {
    box.value = draft.text;
    const line = element("p", `${say(form, "back")} `, { className: "small" });
    const away = element("button", say(form, "away"), { type: "button", className: "btn plain" });
    away.addEventListener("click", () => { store.drop(key); box.value = ""; line.remove(); box.focus(); });
    line.append(away);
    box.closest(".field").after(line);
    form.addEventListener("submit", () => line.remove());
  };

  const tellTyping = (form, box) => {
    const field = form.querySelector("[data-writing]");
    if (!field) return;
    let timer;
    box.addEventListener("input", () => {
      field.value = "1";
      clearTimeout(timer);
      timer = setTimeout(() => { field.value = ""; }, TYPING_MS);
    });
  };

  const putIn = (box, text) => {
    const before = box.value.slice(0, box.selectionStart);
    const gap = before && !before.endsWith("\n") ? "\n" : "";
    box.setRangeText(gap + text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  const use = (link, form, box) => {
    putIn(box, link.dataset.text);
    const ids = form.elements.canned;
    if (ids) ids.value = [ids.value, link.dataset.use].filter(Boolean).join(",");
    document.getElementById("canned")?.replaceChildren();
  };

  const sized = (bytes) => (bytes < 1_048_576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`);

  const listFiles = (form, field) => {
    let held = [];
    const list = element("ul", "", { className: "files chosen-files" });
    const fault = element("p", "", { className: "err", hidden: true });
    fault.setAttribute("role", "alert");
    field.closest(".field").append(fault, list);
    const refuse = (words) => { fault.textContent = words; fault.hidden = !words; };
    const show = () => {
      const all = new DataTransfer();
      for (const file of held) all.items.add(file);
      field.files = all.files;
      list.replaceChildren(...held.map((file) => {
        const item = element("li", `${file.name}, ${sized(file.size)} `);
        const away = element("button", say(form, "remove"), { type: "button", className: "btn plain" });
        away.append(element("span", ` ${file.name}`, { className: "vh" }));
        away.addEventListener("click", () => { held = held.filter((each) => each !== file); refuse(""); show(); field.focus(); });
        item.append(away);
        return item;
      }));
    };
    const add = (files) => {
      refuse("");
      for (const file of files) {
        if (file.size > Number(field.dataset.mostBytes)) refuse(say(form, "large", { name: file.name, size: sized(file.size) }));
        else if (held.length >= Number(field.dataset.mostFiles)) refuse(say(form, "many"));
        else held.push(file);
      }
      show();
    };
    field.addEventListener("change", () => add([...field.files]));
    return { add, refuse, count: () => held.length };
  };

  const takePastes = (form, box, files) => {
    box.addEventListener("paste", (event) => {
      const data = event.clipboardData;
      const text = data?.getData("text/plain") ?? "";
      const pictures = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
      if (pictures.length && !text && files) { // a word processor gives a picture of the text beside the text
        event.preventDefault();
        files.add(pictures.map((file, at) => named(form, file, files.count() + at + 1)));
        return;
      }
      const room = box.maxLength - box.value.length + (box.selectionEnd - box.selectionStart);
      if (files && box.maxLength > 0 && text.length > room) files.refuse(say(form, "long"));
    });
  };

  const named = (form, file, number) => {
    const ending = file.type.split("/")[1].replace("jpeg", "jpg").replace(/\W.*/, "");
    return new File([file], `${say(form, "picture")}-${number}.${ending}`, { type: file.type });
  };

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const box = form.querySelector("textarea[name=text]");
    if (!box) continue;
    const field = form.querySelector("input[type=file][data-files]");
    const files = field ? listFiles(form, field) : null;
    keepDrafts(form, box);
    tellTyping(form, box);
    takePastes(form, box, files);
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-use]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      use(link, form, box);
    });
  }

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.matches?.("[data-while-seen]")) event.preventDefault();
  });
})();
