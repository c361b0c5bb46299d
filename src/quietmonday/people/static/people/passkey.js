/* Passkeys. A form with data-passkey="create" or "get" is hidden until this script finds that the browser knows them.
   data-asked: the id of the JSON with what to ask the device; without it, it is fetched from where the form goes.
   What the device answers goes into the field "credential", and the form is sent.                                     */

(() => {
  "use strict";
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!forms.length || !window.PublicKeyCredential) return;

  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (char) => char.charCodeAt(0));
  };
  const text = (buffer) => {
    if (!buffer) return null;
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const withBytes = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const question = (asked) => {
    const options = { ...asked, challenge: bytes(asked.challenge) };
    if (asked.user) options.user = { ...asked.user, id: bytes(asked.user.id) };
    if (asked.excludeCredentials) options.excludeCredentials = withBytes(asked.excludeCredentials);
    if (asked.allowCredentials) options.allowCredentials = withBytes(asked.allowCredentials);
    return { publicKey: options };
  };

  const answer = (credential) => {
    const said = credential.response;
    const response = { clientDataJSON: text(said.clientDataJSON) };
    if (said.attestationObject) response.attestationObject = text(said.attestationObject);
    if (said.authenticatorData) {
      response.authenticatorData = text(said.authenticatorData);
      response.signature = text(said.signature);
      response.userHandle = text(said.userHandle);
    }
    return {
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      clientExtensionResults: {}, authenticatorAttachment: credential.authenticatorAttachment,
    };
  };

  const asked = async (form) => {
    if (form.dataset.asked) return JSON.parse(document.getElementById(form.dataset.asked).textContent);
    const reply = await fetch(form.action, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: form.csrfmiddlewaretoken.value }) });
    if (!reply.ok) throw new Error(String(reply.status));
    return reply.json();
  };

  const ask = async (form) => {
    const error = form.querySelector("[data-passkey-error]");
    error.hidden = true;
    try {
      const options = question(await asked(form));
      const credential = await navigator.credentials[form.dataset.passkey](options);
      form.elements.credential.value = JSON.stringify(answer(credential));
    } catch {
      error.hidden = false;
      return;
    }
    form.submit();
  };

  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
  for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = true;
})();
