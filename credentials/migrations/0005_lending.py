import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0004_flow'),
    ]

    operations = [
        migrations.CreateModel(
            name='Invite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('left', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.AddField(
            model_name='credential',
            name='held',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='credential',
            name='lender_cap',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='credential',
            name='source',
            field=models.CharField(choices=[('manual', 'manual'), ('env', 'env'), ('config', 'config'), ('import', 'import'), ('contributed', 'contributed')], default='manual', max_length=16),
        ),
        migrations.CreateModel(
            name='Contribution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('state', models.CharField(choices=[('testing', 'testing'), ('quarantined', 'quarantined'), ('lending', 'lending'), ('paused', 'paused'), ('withdrawn', 'withdrawn'), ('rejected', 'rejected')], max_length=16)),
                ('since', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('terms', models.CharField(max_length=16)),
                ('terms_digest', models.CharField(max_length=64)),
                ('language', models.CharField(max_length=8)),
                ('risk', models.CharField(max_length=16)),
                ('consented_at', models.DateTimeField()),
                ('name', models.CharField(blank=True, max_length=100)),
                ('contact', models.CharField(blank=True, max_length=200)),
                ('moderated_by', models.CharField(blank=True, max_length=100)),
                ('moderated_at', models.DateTimeField(blank=True, null=True)),
                ('paid', models.CharField(choices=[('none', 'none'), ('day', 'day'), ('call', 'call')], max_length=8)),
                ('units', models.PositiveIntegerField(default=0)),
                ('reward_key_id', models.BigIntegerField(blank=True, null=True)),
                ('revocation', models.CharField(blank=True, choices=[('', ''), ('by_hand', 'by_hand'), ('pending', 'pending'), ('done', 'done'), ('failed', 'failed')], default='', max_length=8)),
                ('revocation_words', models.CharField(blank=True, max_length=300)),
                ('revocation_attempts', models.PositiveSmallIntegerField(default=0)),
                ('revision', models.BigIntegerField(default=0)),
                ('created_at', models.DateTimeField()),
                ('credential', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='contribution', to='credentials.credential')),
                ('invite', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='credentials.invite')),
            ],
        ),
        migrations.CreateModel(
            name='RewardDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('key_id', models.BigIntegerField()),
                ('units', models.BigIntegerField()),
                ('granted_at', models.DateTimeField()),
                ('contribution', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='credentials.contribution')),
            ],
        ),
        migrations.CreateModel(
            name='ServedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_index=True)),
                ('calls', models.BigIntegerField(default=0)),
                ('served', models.BigIntegerField(default=0)),
                ('well', models.PositiveIntegerField(default=0)),
                ('ill', models.PositiveIntegerField(default=0)),
                ('credential', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='days', to='credentials.credential')),
            ],
        ),
        migrations.AddIndex(
            model_name='contribution',
            index=models.Index(fields=['state', 'id'], name='contribution_state'),
        ),
        migrations.AddConstraint(
            model_name='rewardday',
            constraint=models.UniqueConstraint(fields=('contribution', 'day'), name='rewardday_once'),
        ),
        migrations.AddConstraint(
            model_name='servedday',
            constraint=models.UniqueConstraint(fields=('credential', 'day'), name='servedday_once'),
        ),
    ]
