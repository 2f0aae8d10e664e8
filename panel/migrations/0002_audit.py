from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panel', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_index=True)),
                ('actor', models.CharField(max_length=80)),
                ('address', models.CharField(max_length=64)),
                ('action', models.CharField(db_index=True, max_length=64)),
                ('target', models.CharField(max_length=200)),
                ('before', models.TextField()),
                ('after', models.TextField()),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('count', models.BigIntegerField(default=0)),
                ('hash', models.CharField(default='', max_length=64)),
                ('seal', models.CharField(default='', max_length=64)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='panel_one_trail')],
            },
        ),
    ]
