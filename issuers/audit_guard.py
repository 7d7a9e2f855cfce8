"""Triggers that keep the audit log append-only: whatever was written stays, and nothing is removed.

They stop mistakes, not somebody who may change the schema; that is what `manage.py verify_audit` is for. The migration
installs them, and whoever must empty tables (tests do) takes them off and puts them back.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "issuers_auditentry"
# What an entry says; `position` and `hash` are set once.
_COLUMNS = (
    "id",
    "at",
    "issuer_id",
    "actor_kind",
    "actor_id",
    "actor_words",
    "action",
    "object_kind",
    "object_id",
    "result",
    "code",
    "details",
)
_REFUSAL = "The audit log is append-only"


def install(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)


def remove(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _POSTGRESQL_REMOVAL if connection.vendor == "postgresql" else _SQLITE_REMOVAL)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


_SQLITE = (
    f"CREATE TRIGGER audit_keeps_what_was_written BEFORE UPDATE ON {_TABLE} WHEN OLD.position IS NOT NULL"
    f" OR {' OR '.join(f'NEW.{column} IS NOT OLD.{column}' for column in _COLUMNS)}"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    f"CREATE TRIGGER audit_keeps_every_entry BEFORE DELETE ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)
_SQLITE_REMOVAL = (
    "DROP TRIGGER IF EXISTS audit_keeps_what_was_written",
    "DROP TRIGGER IF EXISTS audit_keeps_every_entry",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    f"CREATE TRIGGER audit_keeps_what_was_written BEFORE UPDATE ON {_TABLE} FOR EACH ROW WHEN (OLD.position IS NOT NULL"
    f" OR ({', '.join(f'NEW.{column}' for column in _COLUMNS)})"
    f" IS DISTINCT FROM ({', '.join(f'OLD.{column}' for column in _COLUMNS)}))"
    " EXECUTE FUNCTION audit_refuse()",
    f"CREATE TRIGGER audit_keeps_every_entry BEFORE DELETE OR TRUNCATE ON {_TABLE} FOR EACH STATEMENT"
    " EXECUTE FUNCTION audit_refuse()",
)
_POSTGRESQL_REMOVAL = (
    f"DROP TRIGGER IF EXISTS audit_keeps_what_was_written ON {_TABLE}",
    f"DROP TRIGGER IF EXISTS audit_keeps_every_entry ON {_TABLE}",
)
