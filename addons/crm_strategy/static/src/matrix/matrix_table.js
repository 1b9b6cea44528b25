import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCell } from "./matrix_format";

const BADGES = {
    crm: { text: _t("CRM · ante"), help: _t("A judgement before the fact"), css: "crm" },
    erp: { text: _t("ERP · post"), help: _t("A fact of the books"), css: "erp" },
    mixed: { text: _t("CRM + ERP"), help: _t("Expected total (mixed)"), css: "mixed" },
};

/** The table alone: it shows a matrix and says which cell was opened. */
export class MatrixTable extends Component {
    static template = "crm_strategy.MatrixTable";
    static props = {
        matrix: Object,
        onDrill: Function,
    };

    badge(label) {
        return BADGES[label];
    }

    /** Everything the template needs of one cell, null where the row has none. */
    cell(row, column) {
        const cell = row.cells[column.key];
        if (!cell) {
            return null;
        }
        const text = formatCell(cell, this.props.matrix.currency);
        const missing = cell.state !== "value";
        const note = cell.note || (missing ? _t("No data") : "");
        const number = cell.kind === "text" ? NaN : Number(cell.value);
        return {
            text,
            note,
            missing,
            isFault: cell.state === "fault",
            isNegative: !missing && number < 0,
            isAlert: row.style === "check" && !missing && number !== 0,
            drill: cell.drill,
            label: this.spoken(row, column, missing ? note : text),
        };
    }

    /** What a screen reader says on a cell: row, column, figure. */
    spoken(row, column, text) {
        return _t("%(row)s, %(column)s: %(text)s", { row: row.title, column: column.title, text });
    }

    alignment(column) {
        return column.kind === "text" ? "text-start" : "text-end";
    }
}
