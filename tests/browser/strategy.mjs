// The strategy from its approval to the customer who changes hands: each step as the lowest role
// that may do it. It makes its own segment, team and customers, beside those that are there.
import { expectEqual } from "./expect.mjs";
import { MatrixPage } from "./pages/matrix.mjs";
import { walker } from "./walker.mjs";

const SEGMENT = "Harbour hotels";
const OWNED = ["Hotel Anchor", "Hotel Beacon"];
const OWNERLESS = ["Hotel Compass", "Hotel Dune", "Hotel Estuary"];
const STRATEGY_TEXTS = [
    "vision",
    "customer_value",
    "company_value",
    "positioning",
    "coordinate_character",
    "coordinate_technology",
    "coordinate_purpose",
];
const SCORES = { attractiveness: 4, competitiveness: 3 };

export async function strategy(browser, options, report) {
    const as = walker("strategy", browser, options, report);
    await as("strategy.en", {
        "a segment gets its team and customers": makeWorld,
        "below the gate a strategy is approved with a reason": approve,
        "the programme board shows thirteen steps in order": openBoard,
        "the map shows the segment that was judged": openMap,
    });
    await as("sales.en", {
        "an orphan need shows in the matrix until it is linked": traceNeed,
        "the migration between segments ties": openMigration,
        "a customer is offered to a colleague": offerCustomer,
    });
    await as("leader.en", {
        "the charter opens the records that fail": openCharter,
        "the receiver accepts the customer": acceptCustomer,
    });
}

async function makeWorld(odoo, world) {
    const users = await odoo.call("res.users", "search_read", [
        [["login", "in", ["leader.en", "sales.en"]]],
        ["login", "name"],
    ]);
    world.users = Object.fromEntries(users.map((user) => [user.login, user]));
    [world.segment] = await odoo.call("crm.segment", "create", [[{ name: SEGMENT }]]);
    await odoo.call("crm.team", "create", [
        [
            {
                name: "Hotel crew",
                user_id: world.users["leader.en"].id,
                crm_segment_id: world.segment,
            },
        ],
    ]);
    const names = [...OWNED, ...OWNERLESS];
    const partners = await odoo.call("res.partner", "create", [
        names.map((name) => ({ name, is_company: true })),
    ]);
    const owner = (name) => (OWNED.includes(name) ? world.users["sales.en"].id : false);
    const customers = await odoo.call("crm.customer", "create", [
        names.map((name, place) => ({
            partner_id: partners[place],
            segment_id: world.segment,
            user_id: owner(name),
        })),
    ]);
    world.customers = Object.fromEntries(names.map((name, place) => [name, customers[place]]));
}

async function approve(odoo, world) {
    const page = odoo.page;
    await odoo.openMenuById("crm_strategy.crm_strategy_strategy_menu");
    await page.locator(".o_control_panel .o_list_button_add").click();
    await odoo.waitForIdle();
    await page.locator(".o_form_view .o_field_widget[name=name] input").fill("First choice");
    await page.locator(".o_form_view .o_form_button_save").click();
    await odoo.waitForIdle();
    [world.strategy] = await odoo.call("crm.strategy", "search", [[["name", "=", "First choice"]]]);
    const texts = Object.fromEntries(STRATEGY_TEXTS.map((name) => [name, "As agreed in May."]));
    await odoo.call("crm.strategy", "write", [[world.strategy], texts]);
    await odoo.call("crm.strategy.objective", "create", [
        [{ strategy_id: world.strategy, name: "Hotels choose us first", level: "strategic" }],
    ]);
    await openForm(odoo, "strategy_strategy", "crm.strategy", world.strategy);
    await odoo.screenshot("strategy/1-draft");
    await page.locator(".o_form_view button[name=action_approve]").click();
    const dialog = page.locator(".o_dialog");
    await dialog.locator(".o_field_widget[name=reason] textarea").fill("The season begins.");
    await odoo.screenshot("strategy/1-reason");
    expectEqual(await stateOf(odoo, "crm.strategy", world.strategy), "draft", "state before");
    await dialog.locator("button[name=action_approve]").click();
    await dialog.waitFor({ state: "detached" });
    await odoo.waitForIdle();
    await odoo.screenshot("strategy/1-approved");
    expectEqual(await stateOf(odoo, "crm.strategy", world.strategy), "approved", "state after");
    const shown = await page.locator(".o_form_view").innerText();
    expectEqual(shown.includes("The season begins."), true, "the reason on the strategy");
}

async function openBoard(odoo, world) {
    await openForm(odoo, "strategy_strategy", "crm.strategy", world.strategy);
    await odoo.page.locator(".o_form_view button[name=action_open_steps]").click();
    await odoo.page.waitForSelector(".o_list_view", { state: "attached" });
    await odoo.waitForIdle();
    await odoo.screenshot("strategy/2-board");
    const steps = await odoo.page.$$eval(".o_list_view .o_data_row [name=step_id]", (cells) =>
        cells.map((cell) => Number.parseInt(cell.innerText, 10)),
    );
    const sorted = [...steps].sort((one, other) => one - other);
    expectEqual(steps.join(), sorted.join(), "the order of the steps");
    expectEqual([...new Set(steps)].join(), "1,2,3,4,5,6,7,8,9,10,11,12,13", "the steps");
}

async function openMap(odoo, world) {
    const page = odoo.page;
    const criteria = await odoo.call("crm.segment.criterion", "search_read", [[], ["axis"]]);
    await odoo.call("crm.segment.score", "create", [
        criteria.map(({ id, axis }) => ({
            segment_id: world.segment,
            criterion_id: id,
            score: SCORES[axis],
            reason: "Seen at the fair.",
        })),
    ]);
    await odoo.openMenuById("crm_strategy.crm_segment_map_menu");
    await page.waitForSelector(".o_crm_segment_map_chart canvas");
    await odoo.screenshot("strategy/3-map");
    const matrix = new MatrixPage(odoo);
    for (const [axis, score] of Object.entries(SCORES)) {
        const shown = await matrix.value(`mean_${axis}`, `segment_${world.segment}`);
        expectEqual(Number(shown), score, `${axis} in the table`);
    }
    const entry = page.locator(`.o_crm_segment_map_list [data-segment="${world.segment}"]`);
    const text = await entry.innerText();
    expectEqual(text.includes(SEGMENT), true, "the name in the list beside the map");
    expectEqual(text.includes("Not on the map"), false, "the segment has no place");
    await entry.focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(".o_form_view");
    await odoo.waitForIdle();
    await odoo.screenshot("strategy/3-segment");
    const name = await page.locator(".o_form_view .o_field_widget[name=name] input").inputValue();
    expectEqual(name, SEGMENT, "the segment that opens");
}

async function traceNeed(odoo, world) {
    const [analysis] = await odoo.call("crm.need.analysis", "create", [
        [{ name: "Hot water at dawn", customer_id: world.customers[OWNED[0]] }],
    ]);
    const [legal] = await odoo.call("crm.need.class", "search", [[["is_legal", "=", true]]]);
    const [need] = await odoo.call("crm.need", "create", [
        [{ analysis_id: analysis, class_id: legal, name: "Nobody is scalded" }],
    ]);
    const [functional] = await odoo.call("crm.specification", "create", [
        [{ analysis_id: analysis, kind: "functional", verb: "Limit", noun: "the heat" }],
    ]);
    await odoo.openMenuById("crm_strategy.crm_need_matrix_menu");
    const matrix = new MatrixPage(odoo);
    await matrix.set("analysis", String(analysis));
    await odoo.screenshot("strategy/4-orphan");
    expectEqual(await matrix.tone("way_0", "need"), "alert", "the need that nothing answers");
    await matrix.open("way_0", "need");
    await odoo.screenshot("strategy/4-need");
    const name = odoo.page.locator(".o_form_view .o_field_widget[name=name]").first();
    const typed = await name.locator("input, textarea").first().inputValue();
    expectEqual(typed, "Nobody is scalded", "the need that opens");
    await odoo.call("crm.trace.link", "create", [[{ need_id: need, functional_id: functional }]]);
    await matrix.back();
    await odoo.screenshot("strategy/4-linked");
    expectEqual(await matrix.tone("way_0", "need"), null, "the need that is answered");
    expectEqual(await matrix.tone("way_0", "functional"), null, "what answers it");
    await matrix.set("show", "orphan");
    expectEqual((await matrix.rows()).length, 0, "orphans left");
}

async function openMigration(odoo) {
    await odoo.openMenuById("crm_strategy.crm_segment_migration_menu");
    const matrix = new MatrixPage(odoo);
    await odoo.screenshot("strategy/5-migration");
    const rows = (await matrix.rows()).filter((key) => /^(from_|new$)/.test(key));
    let sum = 0;
    for (const row of rows) {
        const { total, ...cells } = await matrix.values(row);
        const across = Object.values(cells).reduce((all, value) => all + Number(value), 0);
        expectEqual(across, Number(total), `sum across ${row}`);
        sum += Number(total);
    }
    const customers = await odoo.call("crm.customer", "search_count", [[]]);
    expectEqual(sum, customers, "customers in the matrix");
}

async function offerCustomer(odoo, world) {
    const page = odoo.page;
    await openForm(odoo, "customer", "crm.customer", world.customers[OWNED[0]]);
    await page.locator(".o_form_view button[name=action_hand_over]").click();
    const dialog = page.locator(".o_dialog");
    const { name } = world.users["leader.en"];
    await dialog.locator(".o_field_widget[name=to_user_id] input").fill(name);
    // The first entry says “Loading...” until the server has answered.
    const found = page.locator(".o-autocomplete--dropdown-item", { hasText: name });
    await found.click();
    await dialog.locator(".o_field_widget[name=open_points] textarea").fill("The tap of room 7.");
    await odoo.screenshot("strategy/6-offer");
    await dialog.getByRole("button", { name: "Offer", exact: true }).click();
    await dialog.waitFor({ state: "detached" });
    await odoo.waitForIdle();
    await odoo.screenshot("strategy/6-offered");
    const [customer] = await odoo.call("crm.customer", "read", [
        [world.customers[OWNED[0]]],
        ["user_id"],
    ]);
    expectEqual(customer.user_id[0], world.users["sales.en"].id, "owner while it is offered");
}

async function openCharter(odoo) {
    await odoo.openMenuById("crm_strategy.crm_charter_matrix_menu");
    const matrix = new MatrixPage(odoo);
    await odoo.screenshot("strategy/7-charter");
    const rules = (await matrix.rows()).filter((key) => /^rule_\d+$/.test(key));
    expectEqual(rules.length, 10, "rules");
    const values = await Promise.all(rules.map((rule) => matrix.value(rule, "value")));
    const known = values.filter((value) => value !== null).map(Number);
    const title = await odoo.page.locator('[data-row="mean"] th').innerText();
    expectEqual(title.includes(`Mean of ${known.length} of 10`), true, `“${title}”`);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    expectEqual(Number(await matrix.value("mean", "value")).toFixed(4), mean.toFixed(4), "mean");
    const [n, rate, failing] = await Promise.all(
        ["n", "value", "failing"].map(async (column) =>
            Number(await matrix.value("rule_1", column)),
        ),
    );
    expectEqual(failing, OWNERLESS.length + 1, "customers without an owner, or offered");
    expectEqual(n - Math.round(n * rate), failing, "customers less those that pass");
    expectEqual(await matrix.drill("rule_1", "failing"), failing, "records that open");
    await odoo.screenshot("strategy/7-charter-records");
}

async function acceptCustomer(odoo, world) {
    await odoo.openMenuById("crm_strategy.crm_handoff_menu");
    await odoo.screenshot("strategy/8-handoffs");
    expectEqual(await odoo.openFirstRecord(), true, "a hand-off that waits");
    await odoo.screenshot("strategy/8-handoff");
    await odoo.page.locator(".o_form_view button[name=action_accept]").click();
    await odoo.waitForIdle();
    await odoo.screenshot("strategy/8-accepted");
    const [customer] = await odoo.call("crm.customer", "read", [
        [world.customers[OWNED[0]]],
        ["user_id"],
    ]);
    expectEqual(customer.user_id[0], world.users["leader.en"].id, "owner after it was accepted");
}

/** Open a record below the screen of a menu. */
async function openForm(odoo, menu, model, id) {
    await odoo.openMenuById(`crm_strategy.crm_${menu}_menu`);
    await odoo.openAction({
        type: "ir.actions.act_window",
        res_model: model,
        res_id: id,
        views: [[false, "form"]],
    });
}

async function stateOf(odoo, model, id) {
    const [record] = await odoo.call(model, "read", [[id], ["state"]]);
    return record.state;
}
