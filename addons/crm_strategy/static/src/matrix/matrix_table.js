import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCell, NBSP } from "./matrix_format";

const BADGES = {
    crm: { text: _t("CRM · ante"), help: _t("A judgement before the fact"), css: "crm" },
    erp: { text: _t("ERP · post"), help: _t("A fact of the books"), css: "erp" },
    mixed: { text: _t("CRM + ERP"), help: _t("Expected total (mixed)"), css: "mixed" },
};

const FOCUSABLE = "button, [tabindex='0']";
/** Steps (rows, columns) of the keys that move from figure to figure. */
const STEPS = {
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
};

/**
 * The next cell of a table in one direction that can be focused; null where there is none.
 *
 * @param {HTMLTableCellElement} cell
 * @param {[number, number]} step rows, columns
 */
export function nextFigure(cell, [down, right]) {
    const { rows } = cell.closest("table");
    let row = cell.parentElement.rowIndex + down;
    let column = cell.cellIndex + right;
    while (rows[row]?.cells[column]) {
        const figure = rows[row].cells[column].querySelector(FOCUSABLE);
        if (figure) {
            return figure;
        }
        row += down;
        column += right;
    }
    return null;
}

/** The table alone: it shows a matrix and says which cell was opened. */
export class MatrixTable extends Component {
    static template = "crm_strategy.MatrixTable";
    static props = {
        matrix: Object,
        onDrill: Function,
    };

    setup() {
        this.nbsp = NBSP;
    }

    /** Arrow keys go from figure to figure; elsewhere they scroll as always. */
    onKeydown(ev) {
        const step = STEPS[ev.key];
        const cell = ev.target.closest("td, th");
        if (!step || !cell || ev.ctrlKey || ev.altKey || ev.metaKey || ev.shiftKey) {
            return;
        }
        const figure = nextFigure(cell, step);
        if (figure) {
            ev.preventDefault();
            figure.focus();
        }
    }

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
            tone: cell.tone ? `o_crm_matrix_tone_${cell.tone}` : "",
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
