"""URLs of people. `account_patterns` carry the names that allauth asks for; nothing else of allauth has a URL."""

from django.urls import path

from quietmonday.people.views import (
    agreements,
    begin,
    erasing,
    history,
    installation,
    keeping,
    persons,
    second_factors,
    sign_in,
    sign_in_again,
)

app_name = "people"

account_patterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/code/", sign_in.ask_for_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", sign_in.type_code, name="account_confirm_login_code"),
    path("sign-in/passkey/", sign_in_again.by_passkey, name="account_by_passkey"),
    path("sign-in/second/", sign_in_again.second, name="account_second_factor"),
    path("sign-in/closed/", sign_in.closed, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
]

urlpatterns = [
    path("sign-in/once/<str:token>/", sign_in.sign_in_once, name="sign_in_once"),
    path("sign-in/again/", sign_in_again.again, name="again"),
    path("me/sign-in/", second_factors.ways, name="ways"),
    path("me/sign-in/passkeys/new/", second_factors.new_passkey, name="new_passkey"),
    path("me/sign-in/passkeys/<uuid:ref>/remove/", second_factors.passkey_removed, name="remove_passkey"),
    path("me/sign-in/app/", second_factors.code_app, name="code_app"),
    path("me/sign-in/app/remove/", second_factors.code_app_removed, name="remove_code_app"),
    path("me/sign-in/recovery-codes/", second_factors.recovery_codes, name="recovery_codes"),
    path("me/sign-in/others/end/", second_factors.others_ended, name="end_other_sign_ins"),
    path("me/sign-in/<uuid:ref>/end/", second_factors.sign_in_ended, name="end_sign_in"),
    path("password/", sign_in.password, name="password"),
    path("set-up/", begin.set_up, name="set_up"),
    path("set-up/begin/", begin.begin, name="begin"),
    path("people/", persons.people, name="people"),
    path("people/export.<str:form>", persons.export, name="people_export"),
    path("people/new/", persons.add, name="add_person"),
    path("people/<uuid:ref>/", persons.person, name="person"),
    path("people/<uuid:ref>/change/", persons.change, name="change_person"),
    path("people/<uuid:ref>/addresses/", persons.address, name="add_address"),
    path("people/<uuid:ref>/addresses/<uuid:address_ref>/remove/", persons.address_removed, name="remove_address"),
    path("people/<uuid:ref>/addresses/<uuid:address_ref>/works/", persons.address_works, name="address_works"),
    path("people/<uuid:ref>/roles/", persons.role, name="grant_role"),
    path("roles/<uuid:ref>/end/", persons.role_ended, name="end_role"),
    path("businesses/<uuid:ref>/agreement/", agreements.agreement, name="agreement"),
    path("businesses/<uuid:ref>/past/", history.past, name="past"),
    path("businesses/<uuid:ref>/keeping/", keeping.keeping, name="keeping"),
    path("people/<uuid:ref>/data.zip", erasing.data, name="subject_data"),
    path("people/<uuid:ref>/erase/", erasing.erase, name="erase_person"),
    path("past/<uuid:ref>/end/", history.grant_ended, name="end_history"),
    path("engagements/<uuid:ref>/relationship/", agreements.relationship, name="relationship"),
    path("engagements/<uuid:ref>/terms/", agreements.terms, name="terms"),
    path("engagements/<uuid:ref>/levels/", agreements.levels, name="levels"),
    path("engagements/<uuid:ref>/hours/", agreements.hours, name="hours"),
    path("engagements/<uuid:ref>/end/", installation.engagement_ended, name="end_engagement"),
    path("installation/", installation.installation, name="installation"),
    path("installation/export.<str:form>", installation.export, name="firms_export"),
    path("installation/businesses/new/", installation.new_business, name="add_business"),
    path("installation/suppliers/new/", installation.new_supplier, name="add_supplier"),
    path("installation/engagements/new/", installation.new_engagement, name="engage"),
    path("installation/firms/<uuid:ref>/name/", installation.firm_name, name="rename_firm"),
]
