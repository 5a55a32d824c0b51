"""What happens after the slip: counters, calls, dossiers, officers and their sessions, earlier totals."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

AT_COUNTER = sa.text("state IN ('called', 'serving')")


def upgrade() -> None:
    # Columns come with a default for the rows that are there; the table is not rebuilt, other tables point to it.
    for column in (
        sa.Column("queue", sa.String(length=1), nullable=False, server_default=""),
        sa.Column("queued_at", sa.DateTime(), nullable=False, server_default="1970-01-01 00:00:00"),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.String(length=64), nullable=True),
        sa.Column("called_at", sa.DateTime(), nullable=True),
        sa.Column("started_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("absences", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pick", sa.String(length=32), nullable=False, server_default=""),
    ):
        op.add_column("ticket", column)
    op.execute("UPDATE ticket SET queue = series, queued_at = issued_at")
    op.create_index(
        "uq_ticket_at_counter", "ticket", ["site", "counter"], unique=True,
        sqlite_where=AT_COUNTER, postgresql_where=AT_COUNTER,
    )  # fmt: skip
    op.create_table(
        "counter",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("ordinary_run", sa.Integer(), nullable=False),
        sa.Column("undo", sa.String(length=2000), nullable=False),
        sa.PrimaryKeyConstraint("site", "number", name=op.f("pk_counter")),
    )
    op.create_table(
        "earlier_total",
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dossiers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("site", "day", name=op.f("pk_earlier_total")),
    )
    op.create_table(
        "lobby_call",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("spoken_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lobby_call")),
    )
    op.create_index(op.f("ix_lobby_call_site_spoken_at_id"), "lobby_call", ["site", "spoken_at", "id"])
    op.create_table(
        "officer",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
        sa.UniqueConstraint("site", "login", name=op.f("uq_officer_site_login")),
    )
    op.create_table(
        "session",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officer.id"], name=op.f("fk_session_officer_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_officer_id"), "session", ["officer_id"])
    op.create_table(
        "dossier",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("ticket_id", sa.String(length=64), nullable=False),
        sa.Column("officer_id", sa.String(length=64), nullable=True),
        sa.Column("procedure", sa.String(length=64), nullable=False),
        sa.Column("national_code", sa.String(length=64), nullable=False),
        sa.Column("missing", sa.String(length=400), nullable=False),
        sa.Column("fee_taken", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("same_day", sa.Boolean(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("ready_at", sa.DateTime(), nullable=True),
        sa.Column("returned_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_dossier_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier")),
    )
    op.create_index(op.f("ix_dossier_site_state_due"), "dossier", ["site", "state", "due"])
    op.create_index(op.f("ix_dossier_ticket_id"), "dossier", ["ticket_id"])


def downgrade() -> None:
    raise RuntimeError("bring back the copy that was made before the migration")
