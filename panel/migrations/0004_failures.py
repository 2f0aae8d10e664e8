from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('panel', '0003_factor'),
    ]

    operations = [
        migrations.CreateModel(
            name='LoginFailure',
            fields=[
                ('slot', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(default=0)),
                ('last', models.DateTimeField(db_index=True)),
                ('open_at', models.DateTimeField()),
            ],
        ),
    ]
