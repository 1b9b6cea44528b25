"""What Odoo knows by name, read by SQL: to compare a database with what it was before us."""

from suite.rig import Rig

# Each gives one text per thing that an addon or a person may leave behind.
KINDS = {
    "tables and views": "SELECT concat(table_type, ' ', table_name) FROM information_schema.tables"
    " WHERE table_schema = 'public'",
    "columns": "SELECT concat(table_name, '.', column_name) FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "indexes": "SELECT concat(tablename, ' ', indexname) FROM pg_indexes"
    " WHERE schemaname = 'public'",
    "constraints": "SELECT concat(conrelid::regclass, ' ', conname) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions and triggers": "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "sequences of the database": "SELECT sequencename FROM pg_sequences",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT concat(model, '.', name) FROM ir_model_fields",
    "selections": "SELECT concat(f.model, '.', f.name, ' ', s.value) FROM ir_model_fields_selection s"
    " JOIN ir_model_fields f ON f.id = s.field_id",
    "screens": "SELECT concat(model, ' ', type, ' ', name, ' ', key) FROM ir_ui_view",
    "menus": "SELECT concat(p.name->>'en_US', ' / ', m.name->>'en_US') FROM ir_ui_menu m"
    " LEFT JOIN ir_ui_menu p ON p.id = m.parent_id",
    "window actions": "SELECT concat(res_model, ' ', name->>'en_US') FROM ir_act_window",
    "client actions": "SELECT concat(tag, ' ', name->>'en_US') FROM ir_act_client",
    "reports": "SELECT concat(model, ' ', report_name) FROM ir_act_report_xml",
    "server actions": "SELECT concat(m.model, ' ', a.name->>'en_US') FROM ir_act_server a"
    " JOIN ir_model m ON m.id = a.model_id",
    "actions inside screens": "SELECT concat(parent_res_model, ' ', name->>'en_US')"
    " FROM ir_embedded_actions",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "calls of scheduled actions": "SELECT concat('cron ', cron_id) FROM ir_cron_trigger"
    " WHERE cron_id NOT IN (SELECT id FROM ir_cron)",
    "access lines": "SELECT name FROM ir_model_access",
    "record rules": "SELECT name FROM ir_rule",
    "groups": "SELECT name->>'en_US' FROM res_groups",
    "privileges": "SELECT name->>'en_US' FROM res_groups_privilege",
    "module categories": "SELECT name->>'en_US' FROM ir_module_category",
    "saved searches": "SELECT concat(model_id, ' ', name) FROM ir_filters",
    "dashboards": "SELECT name->>'en_US' FROM spreadsheet_dashboard",
    "number sequences": "SELECT concat(code, ' ', name) FROM ir_sequence",
    "defaults": "SELECT concat(f.model, '.', f.name) FROM ir_default d"
    " JOIN ir_model_fields f ON f.id = d.field_id",
    "parameters": "SELECT key FROM ir_config_parameter",
    "assets": "SELECT concat(bundle, ' ', path) FROM ir_asset",
    "mail templates": "SELECT concat(model, ' ', name->>'en_US') FROM mail_template",
    "message kinds": "SELECT name->>'en_US' FROM mail_message_subtype",
    "activity kinds": "SELECT name->>'en_US' FROM mail_activity_type",
    "external names": "SELECT concat(module, '.', name) FROM ir_model_data",
}
# Rows that name a model: none may name one that is gone.
POINTERS = {
    "ir_attachment": "res_model",
    "mail_message": "model",
    "mail_followers": "res_model",
    "mail_activity": "res_model",
    "ir_model_data": "model",
    "ir_filters": "model_id",
    "ir_act_window": "res_model",
    "ir_ui_view": "model",
    "ir_exports": "resource",
    "ir_act_report_xml": "model",
    "ir_embedded_actions": "parent_res_model",
}


def named(rig: Rig, database: str | None = None) -> dict[str, set[str]]:
    """Everything that has a name, by kind."""
    database = database or rig.database
    return {
        kind: {row[0] for row in rig.server.sql(statement, database)}
        for kind, statement in KINDS.items()
    }


def more(after: dict[str, set[str]], before: dict[str, set[str]]) -> dict[str, list[str]]:
    """What is there after and was not there before."""
    found = {kind: sorted(after[kind] - before[kind]) for kind in after}
    return {kind: names for kind, names in found.items() if names}


def dangling(rig: Rig) -> dict[str, list[list[str]]]:
    """Rows that name a model which does not exist (any more)."""
    found = {}
    for table, column in POINTERS.items():
        rows = rig.sql(
            f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL"
            f" AND {column} LIKE 'crm.%' AND {column} NOT IN (SELECT model FROM ir_model)"
        )
        if rows:
            found[table] = rows
    return found


def columns_of(rig: Rig, table: str, database: str) -> list[str]:
    """The columns that a table has in a database: those of Odoo, in the one without us."""
    rows = rig.server.sql(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
        f" AND table_name = '{table}' ORDER BY 1",
        database,
    )
    return [name for (name,) in rows]


def checksum_sql(table: str, columns: list[str], where: str = "TRUE") -> str:
    """One text that changes when any of the columns changes in any row."""
    values = ", ".join(f'"{name}"' for name in columns)
    return (
        f"SELECT concat(count(*), ' ', md5(string_agg(md5(row({values})::text), '' ORDER BY id)))"
        f" FROM {table} WHERE {where}"
    )
