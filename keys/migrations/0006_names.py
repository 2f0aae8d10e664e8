from django.db import migrations

# MariaDB and MySQL take `A`, `a` and `á` for one name, and with some collations any two emoji. Here
# names are told apart, as they are in the other databases: sums of two models would not fit into
# one row, and the price of one would be that of another. Beside them stand the columns that the
# audit puts into one list with them.
_NAMES = {
    "keys_usagehour": {"provider": 100, "model": 200, "code": 64},
    "keys_usagedate": {"provider": 100, "model": 200, "code": 64},
    "keys_usageday": {"model": 200},
    "keys_modelcost": {"pattern": 255},
    "keys_keymodelallowance": {"pattern": 200},
    "keys_keyday": {"pattern": 200},
    "keys_ledgerentry": {"pattern": 200},
    "keys_reservation": {"pattern": 200},
}
_WITH_DEFAULT = {"keys_ledgerentry", "keys_reservation"}


def tell_apart(apps, schema_editor):
    _collate(schema_editor, " COLLATE utf8mb4_bin")


def as_before(apps, schema_editor):
    _collate(schema_editor, "")


def _collate(schema_editor, collation):
    if schema_editor.connection.vendor != "mysql":
        return
    for table, columns in _NAMES.items():
        default = " DEFAULT ''" if table in _WITH_DEFAULT else ""
        changes = ", ".join(
            f"MODIFY `{name}` varchar({size}) CHARACTER SET utf8mb4{collation}{default} NOT NULL"
            for name, size in columns.items()
        )
        schema_editor.execute(f"ALTER TABLE `{table}` {changes}")


class Migration(migrations.Migration):
    # These databases cannot take DDL back.
    atomic = False

    dependencies = [
        ('keys', '0005_tops'),
    ]

    operations = [
        migrations.RunPython(tell_apart, as_before),
    ]
