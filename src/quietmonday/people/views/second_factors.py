"""How oneself signs in: passkeys, an app that shows codes, recovery codes, and where one is signed in."""

from __future__ import annotations

import base64
import io
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quietmonday.people.access import ViewerRequest, grave, own_passkey, own_sign_in, signed_in
from quietmonday.people.actions.codes import remove_code_app, renew_recovery_codes, set_code_app
from quietmonday.people.actions.passkeys import add_passkey, ask_for_new, remove_passkey
from quietmonday.people.actions.sessions import end_sign_ins
from quietmonday.people.actions.sign_in import limited
from quietmonday.people.forms.refusals import say_why
from quietmonday.people.forms.second_factors import NewAppForm, NewPasskeyForm
from quietmonday.people.logic.refusals import Refused
from quietmonday.people.logic.second_factors import address_of_seed, browser_in_words, new_seed
from quietmonday.people.queries.second_factors import elsewhere_of, sign_ins_of, ways_of
from quietmonday.people.views.pages import form_page, posted

PASSKEY_STATE = "people.passkey"  # in the session: what we asked the device
SEED = "people.seed"  # in the session: of an app that was not confirmed yet


@require_safe
@signed_in
def ways(request: ViewerRequest) -> HttpResponse:
    """Say how one signs in, and where one is signed in."""
    account: Any = request.user
    elsewhere = elsewhere_of(account)
    context = {
        "ways": ways_of(account),
        "elsewhere": elsewhere,
        "trusted": next(
            (each.label for each in elsewhere if each.identity and each.provider and each.provider.mfa), ""
        ),
        "sign_ins": sign_ins_of(account, request.moment),
        "here": request.session.session_key,
        "now": request.moment,
        "zone": next(iter(request.viewer.zones.values()), "UTC"),
    }
    return render(request, "people/ways.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def new_passkey(request: ViewerRequest) -> HttpResponse:
    """Make a passkey on this device."""
    account: Any = request.user
    form = NewPasskeyForm(
        posted(request), initial={"name": browser_in_words(request.headers.get("User-Agent", "")) or _("Passkey")}
    )
    if form.is_valid():
        try:
            add_passkey(
                account=account,
                origin=origin_of(request),
                state=request.session.pop(PASSKEY_STATE, None),
                answer=form.cleaned_data["credential"],
                name=form.cleaned_data["name"],
                now=request.moment,
            )
        except Refused as refused:
            say_why(form, refused)
        else:
            messages.success(request, _("The passkey is made. From now on it signs you in."))
            return redirect("people:ways" if ways_of(account).paper else "people:recovery_codes")
    asked = ask_for_new(account, origin_of(request))
    request.session[PASSKEY_STATE] = asked.state
    context = {"form": form, "asked": asked.options}
    return render(request, "people/new_passkey.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@grave
def passkey_removed(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """Take a passkey away."""
    remove_passkey(passkey=own_passkey(request.viewer, ref), now=request.moment)
    messages.success(request, _("The passkey is taken away. It opens nothing any more."))
    return redirect("people:ways")


@sensitive_variables("seed", "square")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def code_app(request: ViewerRequest) -> HttpResponse:
    """Set up an app that shows codes: the square to read, then the first code."""
    account: Any = request.user
    form = NewAppForm(posted(request))
    seed = request.session.get(SEED, "")
    if form.is_valid() and not seed:
        form.add_error(None, _("This page is not the newest one any more. Let your app read the square below."))
    elif form.is_valid():
        limited(request, "second_factor", str(account.pk))
        try:
            set_code_app(account=account, seed=seed, typed=form.cleaned_data["code"], now=request.moment)
        except Refused as refused:
            say_why(form, refused)
        else:
            del request.session[SEED]
            messages.success(request, _("The app is set up. From now on you need it to sign in."))
            return redirect("people:ways" if ways_of(account).paper else "people:recovery_codes")
    if not (form.is_bound and seed):
        seed = request.session[SEED] = new_seed()
    square = base64.b64encode(_square(address_of_seed(seed, account.email))).decode()
    spaced = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    context = {"form": form, "square": square, "seed": spaced}
    return render(request, "people/code_app.html", context, status=422 if form.errors else 200)


@require_POST
@signed_in
@grave
def code_app_removed(request: ViewerRequest) -> HttpResponse:
    """Take the app away."""
    if ways_of(request.user).app is None:  # type: ignore[arg-type]  # an Account: signed in
        raise Http404
    remove_code_app(account=request.user, now=request.moment)  # type: ignore[arg-type]  # an Account: signed in
    messages.success(request, _("The app is taken away. Its codes open nothing any more."))
    return redirect("people:ways")


@sensitive_variables("codes")
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@grave
def recovery_codes(request: ViewerRequest) -> HttpResponse:
    """Make new codes for paper; they are shown in the answer to the button, and never again."""
    account: Any = request.user
    if not ways_of(account).second:
        return redirect("people:ways")
    if request.method == "POST":
        codes = renew_recovery_codes(account=account, now=request.moment)
        return render(request, "people/recovery_codes.html", {"codes": codes, "account": account.email})
    left = ways_of(account).paper
    return form_page(
        request,
        forms.Form(),
        sentence=_("Codes on paper, for the day when your device is gone."),
        text=_("Ten codes, each of which signs you in once. Print them or write them down: they are shown only now.")
        + (" " + _("The ones you have are void then.") if left else ""),
        button=_("Make the codes"),
        back=reverse("people:ways"),
    )


@require_POST
@signed_in
def sign_in_ended(request: ViewerRequest, ref: uuid.UUID) -> HttpResponse:
    """End one other sign-in of oneself."""
    found = own_sign_in(request.viewer, ref)
    end_sign_ins(account=found.account, but=request.session.session_key, only=found, now=request.moment)
    messages.success(request, _("It is ended: that browser has to sign in anew."))
    return redirect("people:ways")


@require_POST
@signed_in
def others_ended(request: ViewerRequest) -> HttpResponse:
    """End every other sign-in of oneself."""
    end_sign_ins(account=request.user, but=request.session.session_key, now=request.moment)  # type: ignore[arg-type]  # an Account: signed in
    messages.success(request, _("You are signed in here only."))
    return redirect("people:ways")


def origin_of(request: Any) -> str:
    """Return the site as the browser knows it; the host is one of ours, or the request was refused before."""
    return f"{request.scheme}://{request.get_host()}"


def _square(text: str) -> bytes:
    import qrcode  # loaded by whoever sets an app up, not by every web process
    from qrcode.image.svg import SvgPathImage

    buffer = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(buffer)
    return buffer.getvalue()
