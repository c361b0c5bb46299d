from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_account_language")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="invited_at",
            field=models.DateTimeField(null=True),
        ),
    ]
