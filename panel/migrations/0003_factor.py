from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panel', '0002_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='RecoveryCode',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name='SecondFactor',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('secret', models.BinaryField()),
                ('last_step', models.BigIntegerField(default=0)),
                ('since', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='panel_one_factor')],
            },
        ),
    ]
