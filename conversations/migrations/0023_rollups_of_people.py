"""Sums have three more axes, each of people and something else: as in 0021, all are added up anew by the first
process that runs, and until then the usage page says what is missing.
"""

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget_the_sums(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("conversations", "UsageRollup").objects.all().delete()
    apps.get_model("conversations", "Generation").objects.filter(rolled_up=True).update(rolled_up=False)
    apps.get_model("conversations", "RollupZone").objects.update(name="")


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0022_layer_round_trip"),
    ]

    operations = [migrations.RunPython(forget_the_sums, forget_the_sums, elidable=True)]
