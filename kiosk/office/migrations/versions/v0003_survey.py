"""The survey: signed addresses, answers that lead back to nobody, what citizens write."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_secret",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_office_secret")),
    )
    op.create_table(
        "spent_token",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("site", "mark", name=op.f("pk_spent_token")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "survey_response",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("profile", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=True),
        sa.Column("series", sa.String(length=1), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_survey_response")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_survey_response_site_week"), "survey_response", ["site", "week"])
    op.create_table(
        "survey_answer",
        sa.Column("response", sa.String(length=64), nullable=False),
        sa.Column("criterion", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.Column("missing", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["response"], ["survey_response.key"], name=op.f("fk_survey_answer_response")),
        sa.PrimaryKeyConstraint("response", "criterion", name=op.f("pk_survey_answer")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feedback",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feedback")),
        sa.UniqueConstraint("site", "code", name=op.f("uq_feedback_site_code")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_feedback_site_state_due"), "feedback", ["site", "state", "due"])


def downgrade() -> None:
    raise RuntimeError("bring back the copy that was made before the migration")
