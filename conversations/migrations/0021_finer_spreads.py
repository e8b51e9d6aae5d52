"""Spreads have more boxes now, and sums one more axis: what is there is thrown
away, and added up anew by the first process that runs.

Until then the ledger's rows count as not added up, which the usage page says.
"""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_the_sums(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("conversations", "UsageRollup").objects.all().delete()
    apps.get_model("conversations", "Generation").objects.filter(rolled_up=True).update(rolled_up=False)
    # As after a change of TIME_ZONE.
    apps.get_model("conversations", "RollupZone").objects.update(name="")


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0020_saved_prompts"),
    ]

    operations = [
        migrations.RunPython(forget_the_sums, forget_the_sums, elidable=True),
        migrations.AddIndex(
            model_name="usagerollup",
            index=models.Index(
                condition=models.Q(("axis", "")), fields=["model", "level", "day"], name="rollups_of_model"
            ),
        ),
    ]
