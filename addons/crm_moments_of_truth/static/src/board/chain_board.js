import { Component, onPatched, onWillStart, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatMonetary } from "@web/views/fields/formatters";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { day, waitingWords } from "../strip/moment_strip";

const MODEL = "crm.relationship";
const LETTERS = { p: _t("Plan"), d: _t("Do"), c: _t("Check"), a: _t("Act") };

/** Where the focus goes from card `row` of column `column` on a key; null: it stays. */
export function neighbour(counts, column, row, key) {
    const last = counts[column] - 1;
    const next = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: last }[key];
    if (next !== undefined) {
        return next >= 0 && next <= last && next !== row ? [column, next] : null;
    }
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) {
        return null;
    }
    for (let place = column + step; place >= 0 && place < counts.length; place += step) {
        if (counts[place]) {
            return [place, Math.min(row, counts[place] - 1)];
        }
    }
    return null;
}

/** Amounts of a column, one for each currency: different currencies are never added up. */
export function amountWords(amounts) {
    return amounts
        .filter(({ amount }) => amount)
        .map(({ amount, currency_id }) =>
            formatMonetary(amount, {
                currencyId: currency_id,
                digits: [16, 0],
                humanReadable: true,
            }),
        )
        .join(" + ");
}

/** A column for each moment of the chain, a card for each pass that stands there. */
export class ChainBoard extends Component {
    static template = "crm_moments_of_truth.ChainBoard";
    static components = { Layout, SearchBar };
    static props = { domain: Array, display: Object };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.root = useRef("root");
        this.keepLast = new KeepLast();
        this.state = useState({ columns: [], isLoading: true });
        this.amountWords = amountWords;
        this.waitingWords = waitingWords;
        this.letters = LETTERS;
        onWillStart(() => this.load(this.props.domain));
        onWillUpdateProps((next) => this.load(next.domain));
        onPatched(() => {
            const place = this.place;
            this.place = null;
            if (place) {
                this.focus(...place);
            }
        });
    }

    get isEmpty() {
        return !this.state.columns.some((column) => column.count);
    }

    get total() {
        return this.state.columns.reduce((sum, column) => sum + column.count, 0);
    }

    get broken() {
        return this.state.columns.reduce((sum, column) => sum + column.broken, 0);
    }

    async load(domain) {
        this.state.isLoading = true;
        const board = await this.keepLast.add(this.orm.call(MODEL, "get_board", [domain]));
        Object.assign(this.state, { columns: board.columns, isLoading: false });
    }

    /** What the keyboard reaches in a column: its cards, and the button below them. */
    rows(column) {
        return column.cards.length + (column.cards.length < column.count ? 1 : 0);
    }

    focus(column, row) {
        this.root.el.querySelector(`[data-column="${column}"][data-row="${row}"]`)?.focus();
    }

    async more(column) {
        const place = [this.state.columns.indexOf(column), column.cards.length];
        const cards = await this.orm.call(MODEL, "get_board_cards", [
            this.props.domain,
            column.moment_ids,
            column.cards.length,
        ]);
        const known = new Set(column.cards.map((card) => card.id));
        column.cards.push(...cards.filter((card) => !known.has(card.id)));
        if (!cards.length) {
            column.count = column.cards.length;
        }
        // Who reads on goes on at the first card that came.
        this.place = place;
    }

    days(card) {
        const days = card.tone ? `${card.days}/${card.target}` : card.days;
        // one letter, since a card is narrow; the words beside it are for who cannot see
        return _t("%(days)s d", { days });
    }

    tooltip(card) {
        const lines = [card.customer, card.name, waitingWords(card)];
        if (card.since) {
            lines.push(_t("since %(day)s", { day: day(card.since) }));
        }
        return JSON.stringify({ lines: [...lines, ...card.ruptures].filter(Boolean) });
    }

    amount(card) {
        return card.amount
            ? formatMonetary(card.amount, { currencyId: card.currency_id, digits: [16, 0] })
            : "";
    }

    open(card) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: MODEL,
            res_id: card.id,
            views: [[false, "form"]],
        });
    }

    openColumn(column) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: `${column.code} ${column.name}`,
            res_model: MODEL,
            domain: [
                "&",
                ...this.normal(this.props.domain),
                ["current_moment_id", "in", column.moment_ids],
            ],
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }

    /** A domain of several terms as one term, so that another can be added in front. */
    normal(domain) {
        const operands = domain.filter((term) => Array.isArray(term)).length;
        const operators = domain.filter((term) => term === "&" || term === "|").length;
        if (!operands) {
            return [[1, "=", 1]];
        }
        return [...Array(operands - operators - 1).fill("&"), ...domain];
    }

    onKeydown(ev) {
        const card = ev.target.closest("[data-row]");
        if (!card) {
            return;
        }
        const counts = this.state.columns.map((column) => this.rows(column));
        const place = neighbour(
            counts,
            Number(card.dataset.column),
            Number(card.dataset.row),
            ev.key,
        );
        if (place) {
            ev.preventDefault();
            this.focus(...place);
        }
    }
}

/** The chain view with its search bar: a client action. */
export class ChainBoardAction extends Component {
    static template = "crm_moments_of_truth.ChainBoardAction";
    static components = { WithSearch, ChainBoard };
    static props = { ...standardActionServiceProps };

    setup() {
        const { context, params } = this.props.action;
        this.search = {
            resModel: MODEL,
            searchViewId: params?.search_view_id || false,
            loadIrFilters: true,
            context: context || {},
            searchMenuTypes: ["filter", "favorite"],
            display: { controlPanel: {} },
        };
        if (this.props.globalState) {
            this.search.globalState = this.props.globalState;
        }
    }
}

registry.category("actions").add("crm_chain_board", ChainBoardAction);
