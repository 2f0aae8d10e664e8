from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0002_claim'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='pro_calls',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='credential',
            name='minute_cap',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='credential',
            name='day_cap',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='credential',
            name='pro_cap',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='credential',
            name='sealed_proxy',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='credential',
            name='errors',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='credential',
            name='probes',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='credential',
            name='probe_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
