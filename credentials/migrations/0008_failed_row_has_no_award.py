from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("credentials", "0007_abandon_awards_of_failed_rows")]

    operations = [
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("state", "failed"), _negated=True), ("award", None), _connector="OR"),
                name="failed_row_has_no_award",
            ),
        ),
    ]
