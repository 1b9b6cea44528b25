// A matrix screen: scorecard, waterfall, segment profit and loss.
import fs from "node:fs";

export class MatrixPage {
    constructor(odoo) {
        this.odoo = odoo;
        this.page = odoo.page;
    }

    /** Choose a value of a filter, e.g. set("period", "all"). */
    async set(filter, value) {
        await this.page.selectOption(`[data-filter="${filter}"] select`, value);
        await this.odoo.waitForIdle();
    }

    /** Keys of the rows shown, from top to bottom. */
    async rows() {
        return this.page.$$eval("[data-row]", (rows) => rows.map((row) => row.dataset.row));
    }

    /** The value behind the cell as the matrix has it, null where there is no cell or no data. */
    async value(row, column) {
        const cell = this._cell(row, column);
        return (await cell.count()) ? cell.first().getAttribute("data-value") : null;
    }

    /** Every value of a row by column. */
    async values(row) {
        const cells = await this.page.$$eval(`[data-row="${row}"] [data-column]`, (nodes) =>
            nodes.map((node) => [node.dataset.column, node.dataset.value]),
        );
        return Object.fromEntries(cells);
    }

    /** First cell that opens its records, as [row, column]. */
    async firstDrill() {
        return this.page.$eval(".o_crm_matrix_line .o_crm_matrix_drill", (button) => [
            button.closest("[data-row]").dataset.row,
            button.closest("[data-column]").dataset.column,
        ]);
    }

    /** How a cell is marked, e.g. "alert"; null when it is not. */
    async tone(row, column) {
        const classes = (await this._cell(row, column).first().getAttribute("class")) || "";
        return classes.match(/o_crm_matrix_tone_(\w+)/)?.[1] ?? null;
    }

    /** Open the records behind a cell with the keyboard; how many there are. */
    async drill(row, column) {
        await this._enter(row, column, ".o_list_view");
        return this.page.locator(".o_list_view .o_data_row").count();
    }

    /** Open the one record behind a cell with the keyboard. */
    async open(row, column) {
        await this._enter(row, column, ".o_form_view");
    }

    /** Go back to the matrix by the breadcrumb. */
    async back() {
        await this.page.goBack();
        await this.page.waitForSelector(".o_crm_matrix");
        await this.odoo.waitForIdle();
    }

    /** Export the matrix; the spreadsheet's name and bytes. */
    async exportXlsx() {
        const [download] = await Promise.all([
            this.page.waitForEvent("download"),
            this.page.click(".o_crm_matrix_export"),
        ]);
        const bytes = fs.readFileSync(await download.path());
        return { name: download.suggestedFilename(), bytes };
    }

    async _enter(row, column, view) {
        await this._cell(row, column).locator(".o_crm_matrix_drill").focus();
        await this.page.keyboard.press("Enter");
        await this.page.waitForSelector(view, { state: "attached" });
        await this.odoo.waitForIdle();
    }

    _cell(row, column) {
        return this.page.locator(`[data-row="${row}"] [data-column="${column}"]`);
    }
}
