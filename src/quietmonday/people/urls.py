"""URLs of people. `account_patterns` carry the names that allauth asks for; nothing else of allauth has a URL."""

from django.urls import path

from quietmonday.people.views import (
    agreements,
    begin,
    erasing,
    history,
    installation,
    keeping,
    languages,
    merging,
    persons,
    sign_in,
)

app_name = "people"

account_patterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/code/", sign_in.ask_for_code, name="account_request_login_code"),
    path("sign-in/code/confirm/", sign_in.type_code, name="account_confirm_login_code"),
    path("sign-in/closed/", sign_in.closed, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
]

urlpatterns = [
    path("sign-in/once/<str:token>/", sign_in.sign_in_once, name="sign_in_once"),
    path("password/", sign_in.password, name="password"),
    path("language/", languages.language, name="language"),
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
    path("people/<uuid:ref>/merge/", merging.merge, name="merge"),
    path("merges/<uuid:ref>/undo/", merging.unmerge, name="unmerge"),
    path("roles/<uuid:ref>/invite/", persons.invitation, name="invite"),
    path("roles/<uuid:ref>/end/", persons.role_ended, name="end_role"),
    path("businesses/<uuid:ref>/agreement/", agreements.agreement, name="agreement"),
    path("businesses/<uuid:ref>/language/", languages.of_mails, name="language_of_mails"),
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
