"""How an organisation stands on invoices: legal name, tax number, address, where it is registered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from liqi.access.money import parties
from liqi.access.money.refusal import Unable
from liqi.accounts import membership
from liqi.accounts.models import Organisation, Person
from liqi.web import pricelines


class Billing(forms.Form):
    """The details of an organisation on bills."""

    legal_name = forms.CharField(max_length=200, label=gettext_lazy("Legal name"))
    tax_number = forms.CharField(max_length=40, required=False, label=gettext_lazy("Tax number"))
    address = forms.CharField(max_length=300, required=False, label=gettext_lazy("Address"))
    place = forms.RegexField(
        r"^[0-9]{6}$",
        required=False,
        label=gettext_lazy("Registered in (division code)"),
        help_text=gettext_lazy("Six digits such as 340100; vouchers ask for it."),
    )
    country = forms.RegexField(r"^[A-Z]{2}$", label=gettext_lazy("Country"), initial="CN")
    email = forms.EmailField(required=False, label=gettext_lazy("E-mail for bills"))
    bank = forms.CharField(max_length=200, required=False, label=gettext_lazy("Bank"))
    bank_account = forms.CharField(max_length=60, required=False, label=gettext_lazy("Account number"))
    payment_days = forms.IntegerField(min_value=0, max_value=365, initial=30, label=gettext_lazy("Days to pay"))
    user_class = forms.ChoiceField(required=False, label=gettext_lazy("Pays as"))

    def __init__(self, *given: Any, operator: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        if operator:
            field = self.fields["user_class"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("as its kind says")), *pricelines.CLASSES.items()]
        else:
            del self.fields["user_class"]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The details: its members read them, its leads and operators write them."""
    person = request.user
    assert isinstance(person, Person)
    organisation = get_object_or_404(Organisation, pk=pk)
    membership.require(person, organisation)
    kept = parties.of(organisation)
    names = (*parties.FIELDS, "user_class")
    known = {name: getattr(kept, name) for name in names} if kept else {"legal_name": organisation.name}
    leads = parties.leads(organisation)
    may_edit = person.is_operator or person in leads
    form = Billing(request.POST or None, initial=known, operator=person.is_operator)
    for field in form.fields.values() if not may_edit else ():
        field.disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            parties.save(organisation, form.cleaned_data, person=person, now=timezone.now())
            messages.success(request, _("Kept; it stands so on the next invoice."))
            return redirect("organisation", pk)
        except Unable as problem:
            form.add_error("legal_name", str(problem))
    facts = {
        "form": form,
        "may_edit": may_edit,
        "leads": leads,
        "organisation": organisation,
        "example": organisation.synthetic,
        "crumbs": [
            (_("My organisations"), reverse("organisations")),
            (organisation.name, reverse("organisation", args=[pk])),
            (_("Billing details"), ""),
        ],
    }
    return render(request, "money/billing.html", facts, status=422 if form.errors else 200)
