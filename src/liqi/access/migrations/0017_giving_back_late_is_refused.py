from django.db import migrations
from django.utils import timezone

GONE = ("later", "charge_percent")


def drop_the_charge(apps, schema_editor):
    """Settings that let late cancellations pass for a charge are off, as nobody was refused by them; the keys go."""
    setting, line = apps.get_model("access", "RuleSetting"), apps.get_model("accounts", "JournalEntry")
    now = timezone.now()
    for row in setting.objects.filter(rule="cancellation"):
        before = _said(row)
        if row.parameters.get("later", "refused") != "refused":
            row.active = False
        row.parameters = {name: value for name, value in row.parameters.items() if name not in GONE}
        after = _said(row)
        if after == before:
            continue
        row.updated_at = now
        row.save(update_fields=["parameters", "active", "updated_at"])
        line.objects.create(
            person=None,
            verb="set a rule",
            thing="catalogue.facility" if row.facility_id else "catalogue.instrument",
            thing_id=str(row.facility_id or row.instrument_id),
            at=now,
            facts={"rule": row.rule, "before": before, "after": after},
        )


def _said(row):
    days = {name: day.isoformat() if day else None for name, day in (("since", row.since), ("until", row.until))}
    return {"parameters": row.parameters, "active": row.active, **days}


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0016_kept_answers_and_changed_secrets_of_webhooks"),
        ("accounts", "0003_tokens_and_wishes"),
    ]

    operations = [migrations.RunPython(drop_the_charge, migrations.RunPython.noop)]
