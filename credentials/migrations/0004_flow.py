from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0003_caps'),
    ]

    operations = [
        migrations.CreateModel(
            name='Flow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=22, unique=True)),
                ('provider', models.CharField(max_length=64)),
                ('grant', models.CharField(choices=[('code', 'code'), ('device', 'device')], max_length=8)),
                ('state', models.CharField(max_length=64, null=True, unique=True)),
                ('session', models.CharField(db_index=True, max_length=64)),
                ('sealed', models.TextField(blank=True)),
                ('redirect_uri', models.CharField(blank=True, max_length=500)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('status', models.CharField(choices=[('pending', 'pending'), ('done', 'done'), ('failed', 'failed'), ('expired', 'expired')], default='pending', max_length=8)),
                ('error', models.CharField(blank=True, max_length=32)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('credential', models.BigIntegerField(blank=True, null=True)),
                ('interval', models.PositiveSmallIntegerField(default=0)),
                ('next_poll_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('used_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
