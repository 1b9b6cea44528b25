// From an order to the customer's opinion of it: the chain view, the ruptures, Customer 360, the
// portal and the survey, each step as the person who may do it. It makes its own documents.
import { expectEqual } from "./expect.mjs";
import {
    answerSurvey,
    confirmReceipt,
    expectNothingOfOthers,
    reportAnomaly,
    tryWrongTokens,
} from "./moments_customer.mjs";
import {
    CUSTOMERS,
    PRICE,
    makeCustomers,
    makeLogins,
    openForm,
    postInvoice,
    runLanes,
    sell,
} from "./moments_world.mjs";
import { OdooSession } from "./pages/odoo.mjs";
import { PortalPage } from "./pages/portal.mjs";
import { walker } from "./walker.mjs";
import { expectSpoken } from "./words.mjs";

const ADDON = "crm_moments_of_truth";
const WORKING_DAYS = 10;

export async function moments(browser, options, report) {
    const as = walker("moments", browser, options, report);
    await as("strategy.en", { "a team and two customers are made": makeCustomers }, OdooSession);
    await as("admin", { "the buyers get a login": makeLogins }, OdooSession);
    await as("sales.en", { "orders are confirmed and invoiced": sell });
    await as("accountant.en", { "the invoice is posted": postInvoice }, OdooSession);
    await as("admin", { "passes follow from the documents": runLanes }, OdooSession);
    await as("sales.en", {
        "the chain view shows where each pass stands": openBoard,
        "the order carries the strip of ten": openStrip,
        "Customer 360 says what its sources say": openPage,
    });
    await as("leader.en", { "a rupture is waived with a reason": waiveRupture });
    await as(
        CUSTOMERS.kept.login,
        {
            "a customer confirms the receipt": confirmReceipt,
            "and reports an anomaly": reportAnomaly,
        },
        PortalPage,
    );
    const others = { "a customer sees nothing of another's order": expectNothingOfOthers };
    await as(CUSTOMERS.broken.login, others, PortalPage);
    await as("admin", { "facts follow from what they said": runLanes }, OdooSession);
    await as("sales.en", { "the buyer is asked for an opinion": askOpinion });
    await as("admin", { "an invitation with a link is on its way": readInvitation }, OdooSession);
    await as(
        null,
        {
            "a wrong token opens nothing": tryWrongTokens,
            "the link opens the survey": answerSurvey,
        },
        PortalPage,
    );
    await as("sales.en", { "the answer has arrived": expectAnswer }, OdooSession);
    for (const language of ["ro", "pl"]) {
        await as(`strategy.${language}`, {
            "chain view and Customer 360 speak the language": (odoo, world) =>
                speak(odoo, world, language),
        });
    }
}

async function openBoard(odoo, world) {
    const page = odoo.page;
    const { broken, kept } = world.customers;
    await odoo.openMenuById(`${ADDON}.crm_chain_board_menu`);
    await page.waitForSelector(".o_crm_board_column");
    await odoo.screenshot("moments/1-chain");
    await expectReachable(page);
    const codes = await page.$$eval(".o_crm_board_code", (nodes) =>
        nodes.map((node) => node.firstChild.textContent.trim()),
    );
    const ten = Array.from({ length: 10 }, (_, place) => `M${place + 1}`);
    expectEqual(codes.join(), ten.join(), "the columns");
    const card = (customer) => page.locator(`.o_crm_card[data-pass="${customer.pass}"]`);
    expectEqual(await card(kept).locator(".o_crm_dot").count(), 0, "dots on what goes well");
    expectEqual(await card(broken).locator(".o_crm_dot").count(), 1, "dots on what is broken");
    const words = await card(broken).locator(".o_crm_days").innerText();
    expectEqual(Number.parseInt(words, 10), WORKING_DAYS, "working days at the moment");
    const column = page.locator(".o_crm_board_column", { has: card(broken) });
    await column.locator(".o_crm_board_head").focus();
    await page.keyboard.press("Tab");
    for (let row = 0; (await focused(page)) !== String(broken.pass) && row < 20; row++) {
        await page.keyboard.press("ArrowDown");
    }
    expectEqual(await focused(page), String(broken.pass), "the card under the keyboard");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".o_form_view");
    await odoo.waitForIdle();
    await odoo.screenshot("moments/1-pass");
    const shown = await page.locator(".o_form_view").innerText();
    expectEqual(shown.includes(broken.orderName), true, "the pass that opens");
}

/** Odoo's frame does not scroll: a page of ours that is longer has to scroll inside it. */
async function expectReachable(page) {
    const hidden = await page.$eval(
        ".o_action_manager",
        (frame) => frame.scrollHeight - frame.clientHeight,
    );
    expectEqual(hidden, 0, "pixels below the window that nobody reaches with the mouse");
}

function focused(page) {
    return page.evaluate(() => document.activeElement.dataset.pass ?? null);
}

async function openStrip(odoo, world) {
    const { kept } = world.customers;
    await openForm(odoo, "sale.order", kept.order);
    await odoo.screenshot("moments/2-order");
    const strip = odoo.page.locator(`.o_form_view .o_crm_strip[data-pass="${kept.pass}"]`);
    expectEqual(await strip.locator(".o_crm_strip_step").count(), 10, "moments on the strip");
    const contract = strip.locator(".o_crm_strip_step", { hasText: "M3" });
    const classes = await contract.getAttribute("class");
    expectEqual(classes.includes("o_crm_is_proven"), true, "the contract is proven");
    expectEqual(await strip.locator(".o_crm_is_current").count(), 1, "moments where it stands");
}

async function openPage(odoo, world) {
    const page = odoo.page;
    const { kept } = world.customers;
    await openForm(odoo, "res.partner", kept.id);
    await pressStat(odoo, "action_open_crm_page");
    await page.waitForSelector(".o_crm_page_sheet");
    await odoo.waitForIdle();
    await odoo.screenshot("moments/3-customer");
    await expectReachable(page);
    for (const [key, wanted] of Object.entries(await figuresOf(odoo, kept))) {
        const figure = page.locator(`[data-figure="${key}"] .o_crm_page_figure_value`);
        const found = Number((await figure.innerText()).replace(/[^\d.-]/g, ""));
        expectEqual(found, wanted, `“${key}” on the page`);
    }
    const fact = page.locator(".o_crm_page_fact", { hasText: "Order confirmed" });
    await fact.locator("strong").click();
    await page.waitForSelector(".o_form_view");
    await odoo.waitForIdle();
    await odoo.screenshot("moments/3-document");
    const shown = await page.locator(".o_form_view").innerText();
    expectEqual(shown.includes(kept.orderName), true, "the document that opens");
}

/** The figures of the page, counted at their sources. */
async function figuresOf(odoo, { id }) {
    const orders = await odoo.call("sale.order", "search_count", [
        [
            ["partner_id", "child_of", id],
            ["state", "=", "sale"],
        ],
    ]);
    const invoices = await odoo.call("account.move", "search_read", [
        [
            ["partner_id", "child_of", id],
            ["state", "=", "posted"],
        ],
        ["amount_untaxed_signed", "amount_residual_signed"],
    ]);
    const sum = (name) => invoices.reduce((total, invoice) => total + invoice[name], 0);
    const ruptures = await odoo.call("crm.rupture", "search_count", [
        [
            ["partner_id", "=", id],
            ["state", "=", "open"],
        ],
    ]);
    expectEqual(`${orders} × ${sum("amount_untaxed_signed")}`, `1 × ${PRICE}`, "what was sold");
    return {
        orders,
        ruptures,
        invoiced: sum("amount_untaxed_signed"),
        unpaid: sum("amount_residual_signed"),
    };
}

async function waiveRupture(odoo, world) {
    const page = odoo.page;
    const { broken } = world.customers;
    await odoo.openMenuById(`${ADDON}.crm_rupture_menu`);
    await odoo.screenshot("moments/4-ruptures");
    const [rupture] = await odoo.call("crm.rupture", "search_read", [
        [
            ["relationship_id", "=", broken.pass],
            ["cause", "=", "unbilled"],
        ],
        ["why_text", "amount", "state"],
    ]);
    expectEqual(`${rupture?.state} ${rupture?.amount}`, `open ${PRICE}`, "the rupture");
    const row = page.locator(".o_data_row", { hasText: rupture.why_text });
    const shown = await row.locator("[name=amount]").innerText();
    expectEqual(shown.includes(`${PRICE}.00`), true, `“${shown}” at stake`);
    await row.locator("button[name=action_waive]").click();
    const dialog = page.locator(".o_dialog");
    const reason = "They asked for the invoice with the next order.";
    await dialog.locator(".o_field_widget[name=reason] textarea").fill(reason);
    await odoo.screenshot("moments/4-reason");
    await dialog.locator("button[name=action_confirm]").click();
    await dialog.waitFor({ state: "detached" });
    await odoo.waitForIdle();
    const [waived] = await odoo.call("crm.rupture", "read", [
        [rupture.id],
        ["state", "waive_reason"],
    ]);
    expectEqual(`${waived.state}: ${waived.waive_reason}`, `waived: ${reason}`, "the rupture");
    expectEqual(await row.count(), 0, "waived ruptures among the open ones");
    await openForm(odoo, "crm.rupture", rupture.id);
    await odoo.screenshot("moments/4-waived");
}

async function askOpinion(odoo, world) {
    const page = odoo.page;
    const { kept } = world.customers;
    const receipts = await odoo.call("crm.moment.event", "search_count", [
        [
            ["fact", "=", "receipt_confirmed"],
            ["res_id", "=", kept.order],
        ],
    ]);
    expectEqual(receipts, 1, "receipts confirmed");
    await openForm(odoo, "crm.relationship", kept.pass);
    await pressStat(odoo, "action_ask_opinion");
    await page.locator(".o_dialog .modal-footer .btn-primary").click();
    await odoo.waitForIdle();
    await odoo.screenshot("moments/6-asked");
}

async function readInvitation(odoo, world) {
    const { kept } = world.customers;
    const mails = await odoo.call("mail.mail", "search_read", [
        [["recipient_ids", "in", [kept.buyerId]]],
        ["body_html"],
    ]);
    const links = mails.flatMap((mail) => mail.body_html.match(/\/survey\/[^"\s]+/g) || []);
    expectEqual(links.length, 1, "links in the buyer's e-mails");
    world.link = links[0].replaceAll("&amp;", "&");
    const cases = await odoo.call("crm.case", "search_read", [
        [["order_id", "=", kept.order]],
        ["name", "kind", "partner_id"],
    ]);
    const told = cases.map((entry) => `${entry.kind} “${entry.name}” of ${entry.partner_id[0]}`);
    expectEqual(told.join(), `anomaly “${world.complaint}” of ${kept.id}`, "cases of the order");
}

async function expectAnswer(odoo, world) {
    const answers = await odoo.call("crm.satisfaction.answer", "search_read", [
        [["relationship_id", "=", world.customers.kept.pass]],
        ["expected", "perceived", "recommendation", "contact_id"],
    ]);
    const told = answers.map(
        ({ expected, perceived, recommendation, contact_id }) =>
            `${contact_id[0]}: ${expected}, ${perceived}, ${recommendation}`,
    );
    const { EXPECTED, PERCEIVED, RECOMMENDATION } = world.marks;
    const wanted = `${world.customers.kept.buyerId}: ${EXPECTED}, ${PERCEIVED}, ${RECOMMENDATION}`;
    expectEqual(told.join(), wanted, "answers about the pass");
}

async function speak(odoo, world, language) {
    await odoo.openMenuById(`${ADDON}.crm_chain_board_menu`);
    await odoo.page.waitForSelector(".o_crm_board_column");
    await odoo.screenshot(`moments/8-chain-${language}`);
    await expectSpoken(odoo, ".o_crm_board_page", ADDON, language);
    const action = await odoo.call(
        "res.partner",
        "action_open_crm_page",
        [[world.customers.kept.id]],
        { context: { lang: await odoo.language() } },
    );
    await odoo.openAction(action);
    await odoo.page.waitForSelector(".o_crm_page_sheet");
    await odoo.screenshot(`moments/8-customer-${language}`);
    await expectSpoken(odoo, ".o_crm_page", ADDON, language);
}

/** Press a stat button, also where it stands under “More”. */
async function pressStat(odoo, name) {
    const button = odoo.page.locator(`button[name=${name}]:visible`);
    if (!(await button.count())) {
        await odoo.page.locator(".o_button_more").click();
    }
    await button.click();
}
