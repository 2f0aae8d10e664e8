from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0005_lending'),
    ]

    operations = [
        migrations.AddField(
            model_name='credential',
            name='buried',
            field=models.CharField(max_length=64, null=True),
        ),
    ]
