"""A use of a voucher keeps what it was reserved with, and which invoice cut it to nothing."""

from decimal import Decimal

import django.db.models.deletion
from django.db import migrations, models

import liqi.access.models.amounts


def keep_what_was_reserved(apps, schema_editor):
    """What the journal says a use was reserved with; what it pays now where it says nothing."""
    uses = apps.get_model("access", "VoucherUse").objects
    uses.update(whole_contract=models.F("contract"), whole_amount=models.F("amount"))
    made = apps.get_model("accounts", "JournalEntry").objects.filter(thing="access.voucheruse", verb="reserved")
    for thing_id, facts in made.values_list("thing_id", "facts").iterator():
        if "contract" not in facts:
            continue
        contract, amount = Decimal(facts["contract"]), Decimal(facts["amount"])
        uses.filter(pk=thing_id, contract__lte=contract, amount__lte=amount).update(
            whole_contract=contract, whole_amount=amount
        )


class Migration(migrations.Migration):

    dependencies = [
        ("access", "0019_credit_notes_over_lines_and_refunds"),
        ("accounts", "0003_tokens_and_wishes"),
    ]

    operations = [
        migrations.AddField(
            model_name="voucheruse",
            name="cut_by",
            field=models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="access.invoice",
            ),
        ),
        migrations.AddField(
            model_name="voucheruse",
            name="whole_contract",
            field=liqi.access.models.amounts.CnyField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="voucheruse",
            name="whole_amount",
            field=liqi.access.models.amounts.CnyField(default=0),
            preserve_default=False,
        ),
        migrations.RunPython(keep_what_was_reserved, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="voucheruse",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount__lte", models.F("whole_amount")), ("contract__lte", models.F("whole_contract"))
                ),
                name="voucheruse_whole",
            ),
        ),
    ]
