-- A trading company of one's own: customers, suppliers, orders, deliveries, purchases, invoices and
-- payments as Odoo itself would have stored them. Written by `psql -v lines=… -v today=…` into a
-- database with the four addons and a chart of accounts; the same seed gives the same rows.
--
-- :lines   invoice lines (account_move_line) that the invoices get, 5 each
-- :today   day on which the three years of documents end
--
-- What it leaves out, so that nobody measures it by mistake: tax lines have no tax rows, orders
-- carry no discounts, payments exist for one invoice in ten.
\set ON_ERROR_STOP 1
\set QUIET 1
set synchronous_commit = off;
set jit = off;
set client_min_messages = warning;
-- Foreign keys are right by construction; checking two million of them costs a minute. Whoever is
-- no superuser pays for it.
do $$ begin
    set session_replication_role = replica;
exception when insufficient_privilege then
    null;
end $$;
select setseed(0.2718) \g /dev/null

select :lines / 5 as invoices,
       :lines / 10 as orders,
       :lines / 20 as customers,
       greatest(:lines / 2000, 5) as suppliers,
       greatest(:lines / 200, 40) as products,
       greatest(:lines / 30, 10) as purchases,
       (:'today'::date - 1095) as first_day
\gset

-- Where ids start: behind everything the installation made.
create function pg_temp.start_of(name text) returns int language plpgsql as $$
declare found int;
begin
    execute format('select coalesce(max(id), 0) + 1000 from %I', name) into found;
    return found;
end $$;
select pg_temp.start_of('res_partner') as partner0,
       pg_temp.start_of('product_template') as template0,
       pg_temp.start_of('product_product') as product0,
       pg_temp.start_of('sale_order') as order0,
       pg_temp.start_of('sale_order_line') as order_line0,
       pg_temp.start_of('account_move') as move0,
       pg_temp.start_of('account_move_line') as line0,
       pg_temp.start_of('account_partial_reconcile') as match0,
       pg_temp.start_of('purchase_order') as purchase0,
       pg_temp.start_of('purchase_order_line') as purchase_line0,
       pg_temp.start_of('stock_picking') as picking0,
       pg_temp.start_of('stock_move') as stock0
\gset

-- What the installation brings: company, journals, accounts, places.
select company.id as company, company.currency_id as currency,
       (select id from account_journal where type = 'sale' and company_id = company.id
         order by id limit 1) as sale_journal,
       (select id from account_journal where type = 'bank' and company_id = company.id
         order by id limit 1) as bank_journal,
       (select default_account_id from account_journal
         where type = 'bank' and company_id = company.id order by id limit 1) as bank_account,
       (select id from account_account where account_type = 'income' order by id limit 1)
           as income_account,
       (select id from account_account where account_type = 'asset_receivable'
         order by id limit 1) as receivable_account,
       (select id from account_account where account_type = 'liability_current'
         order by id limit 1) as tax_account,
       (select id from product_category order by id limit 1) as category,
       (select min(id) from uom_uom) as unit,
       coalesce((select min(id) from crm_team where active)::text, 'null') as team,
       warehouse.id as warehouse, warehouse.lot_stock_id as stock,
       warehouse.in_type_id as in_type, warehouse.out_type_id as out_type,
       (select id from stock_location where usage = 'customer' order by id limit 1) as outside,
       (select id from stock_location where usage = 'supplier' order by id limit 1) as source
  from res_company company
  join stock_warehouse warehouse on warehouse.company_id = company.id
 order by company.id, warehouse.id
 limit 1
\gset

begin;

-- Partners ---------------------------------------------------------------------------------------
create temp table person as
select i, i > :customers as is_supplier,
       case when i > :customers then 'Supplier ' || i - :customers else 'Customer ' || i end as name
  from generate_series(1, :customers + :suppliers) i;
insert into res_partner
       (id, name, complete_name, commercial_partner_id, commercial_company_name, is_company, active,
        partner_share, type, lang, email, email_normalized, street, city, zip, country_id, ref,
        customer_rank, supplier_rank, company_id, user_id, autopost_bills, group_rfq, group_on,
        color, message_bounce, signup_type, suggest_days, suggest_percent, suggest_based_on,
        create_uid, write_uid, create_date, write_date)
select :partner0 + i, name, name, :partner0 + i, name, true, true,
       true, 'contact', 'en_US', 'p' || i || '@example.com', 'p' || i || '@example.com',
       i % 300 || ' High Street', 'City ' || i % 700, lpad((i % 90000)::text, 5, '0'),
       1 + i % 200, 'P' || lpad(i::text, 7, '0'), (not is_supplier)::int, is_supplier::int,
       null, case when i % 3 = 0 then 2 end, 'ask', 'default', 'default', 0, 0, 'signup', 7, 100,
       '30_days', 1, 1, now(), now()
  from person;

-- Products ---------------------------------------------------------------------------------------
create temp table good as
select i, 'Article ' || i as name, round((4 + 250 * random())::numeric, 2) as price
  from generate_series(0, :products - 1) i;
insert into product_template
       (id, name, categ_id, uom_id, type, is_storable, list_price, sale_ok, purchase_ok, active,
        tracking, service_tracking, service_type, purchase_method, expense_policy, invoice_policy,
        sale_delay, sequence, can_image_1024_be_zoomed, has_configurable_attributes,
        create_uid, write_uid, create_date, write_date)
select :template0 + i, jsonb_build_object('en_US', name), :category, :unit, 'consu', true, price,
       true, true, true, 'none', 'no', 'manual', 'receive', 'no', 'order', 0, 1, false, false,
       1, 1, now(), now()
  from good;
insert into product_product
       (id, product_tmpl_id, active, default_code, can_image_variant_1024_be_zoomed, standard_price,
        create_uid, write_uid, create_date, write_date)
select :product0 + i, :template0 + i, true, 'A' || lpad(i::text, 6, '0'), false,
       jsonb_build_object(:'company', round(price * 0.6, 2)), 1, 1, now(), now()
  from good;

-- Orders: few customers buy much, most buy little ------------------------------------------------
create temp table deal as
select i, (:customers * power(random(), 2))::int % :customers + 1 as customer,
       :'first_day'::timestamp + (i - 1) * interval '1095 day' / :orders + interval '9 hour' as at,
       random() < 0.9 as is_shipped
  from generate_series(1, :orders) i;
create temp table deal_line as
select (deal.i - 1) * 3 + k as j, deal.*, k,
       (:products * power(random(), 2))::int % :products as product,
       1 + (9 * random())::int as quantity, round((5 + 300 * random())::numeric, 2) as price
  from deal, generate_series(1, 3) k;
create temp table deal_total as
select i, sum(quantity * price) as net, sum(round(quantity * price * 0.2, 2)) as tax
  from deal_line group by i;
analyze deal, deal_line, deal_total;
insert into sale_order
       (id, name, company_id, partner_id, partner_invoice_id, partner_shipping_id, currency_id,
        currency_rate, user_id, team_id, state, invoice_status, date_order, amount_untaxed,
        amount_tax, amount_total, warehouse_id, picking_policy, delivery_status, locked,
        require_signature, require_payment, prepayment_percent,
        create_uid, write_uid, create_date, write_date)
select :order0 + i, 'BO' || lpad(i::text, 7, '0'), :company, :partner0 + customer,
       :partner0 + customer, :partner0 + customer, :currency, 1, 2, :team, 'sale',
       case when i % 5 = 0 then 'to invoice' else 'invoiced' end, at, net, tax, net + tax,
       :warehouse, 'direct', case when is_shipped then 'full' else 'pending' end, false, true,
       false, 1, 2, 2, at, at
  from deal join deal_total using (i);
insert into sale_order_line
       (id, order_id, sequence, company_id, currency_id, order_partner_id, salesman_id, product_id,
        product_uom_id, name, state, invoice_status, qty_delivered_method, product_uom_qty,
        price_unit, technical_price_unit, discount, price_subtotal, price_tax, price_total,
        price_reduce_taxexcl, price_reduce_taxinc, qty_delivered, qty_invoiced, qty_to_invoice,
        untaxed_amount_invoiced, untaxed_amount_to_invoice, customer_lead, warehouse_id,
        create_uid, write_uid, create_date, write_date)
select :order_line0 + j, :order0 + i, 10 * k, :company, :currency, :partner0 + customer, 2,
       :product0 + product, :unit, 'Article ' || product, 'sale',
       case when i % 5 = 0 then 'to invoice' else 'invoiced' end, 'stock_move', quantity, price,
       price, 0, quantity * price, round(quantity * price * 0.2, 2),
       quantity * price + round(quantity * price * 0.2, 2), price, round(price * 1.2, 2),
       case when is_shipped then quantity else 0 end,
       case when i % 5 = 0 then 0 else quantity end, case when i % 5 = 0 then quantity else 0 end,
       case when i % 5 = 0 then 0 else quantity * price end,
       case when i % 5 = 0 then quantity * price else 0 end, 0, :warehouse, 2, 2, at, at
  from deal_line;

-- Deliveries of the orders -----------------------------------------------------------------------
insert into stock_picking
       (id, name, company_id, partner_id, sale_id, origin, picking_type_id, location_id,
        location_dest_id, move_type, state, priority, scheduled_date, date_deadline, date_done,
        is_locked, has_deadline_issue, create_uid, write_uid, create_date, write_date)
select :picking0 + i, 'B/OUT/' || lpad(i::text, 7, '0'), :company, :partner0 + customer,
       :order0 + i, 'BO' || lpad(i::text, 7, '0'), :out_type, :stock, :outside, 'direct',
       case when is_shipped then 'done' else 'confirmed' end, '0', at + interval '2 day',
       at + interval '2 day', case when is_shipped then at + interval '3 day' end, true, false,
       2, 2, at, at
  from deal;
insert into stock_move
       (id, sequence, company_id, picking_id, sale_line_id, product_id, product_uom,
        packaging_uom_id, location_id, location_dest_id, location_final_id, partner_id,
        picking_type_id, warehouse_id, priority, state, origin, procure_method, reference,
        product_qty, product_uom_qty, packaging_uom_qty, quantity, picked, propagate_cancel,
        additional, to_refund, is_in, is_out, is_dropship, date, date_deadline, price_unit,
        create_uid, write_uid, create_date, write_date)
select :stock0 + j, 10, :company, :picking0 + i, :order_line0 + j, :product0 + product, :unit,
       :unit, :stock, :outside, :outside, :partner0 + customer, :out_type, :warehouse, '0',
       case when is_shipped then 'done' else 'confirmed' end, 'BO' || i, 'make_to_stock',
       'B/OUT/' || i, quantity, quantity, quantity, case when is_shipped then quantity else 0 end,
       is_shipped, true, false, false, false, true, false, at + interval '3 day',
       at + interval '2 day', price, 2, 2, at, at
  from deal_line;

-- Invoices: the orders that are billed, and as many without an order -----------------------------
create temp table bill as
select deal.i, :order0 + deal.i as order_id, customer, (at + interval '4 day')::date as day,
       false as is_refund, random() < 0.85 as is_paid
  from deal
 where deal.i % 5 <> 0
 union all
select :orders + i, null, (:customers * power(random(), 2))::int % :customers + 1,
       (:'first_day'::timestamp + i * interval '1095 day' / (:invoices - :orders + :orders / 5))::date,
       i % 6 = 0,
       random() < 0.85
  from generate_series(1, :invoices - (:orders - :orders / 5)) i;
create temp table bill_line as
select bill.*, place.k, line.j,
       coalesce(line.product, (:products * power(random(), 2))::int % :products) as product,
       coalesce(line.quantity, 1 + (4 * random())::int) as quantity,
       coalesce(line.price, round((10 + 400 * random())::numeric, 2)) as price
  from bill cross join generate_series(1, 3) as place(k)
  left join deal_line as line on :order0 + line.i = bill.order_id and line.k = place.k;
create temp table bill_total as
select i, sum(quantity * price) as net, sum(round(quantity * price * 0.2, 2)) as tax
  from bill_line group by i;
create temp table invoice as
select bill.*, net, tax, net + tax as total, case when is_refund then -1 else 1 end as sign,
       case when is_paid then 0 else net + tax end as residual, extract(year from day) as year,
       'BILL/' || extract(year from day) || '/' || lpad(i::text, 8, '0') as name
  from bill join bill_total using (i);
analyze invoice, bill_line;
insert into account_move
       (id, sequence_prefix, sequence_number, name, journal_id, company_id, partner_id,
        commercial_partner_id, partner_shipping_id, invoice_partner_display_name, currency_id,
        invoice_currency_rate, invoice_user_id, team_id, state, move_type, auto_post,
        payment_reference, payment_state, date, invoice_date, invoice_date_due, delivery_date,
        amount_untaxed, amount_tax, amount_total, amount_residual, amount_untaxed_signed,
        amount_untaxed_in_currency_signed, amount_tax_signed, amount_total_signed,
        amount_total_in_currency_signed, amount_residual_signed, always_tax_exigible, checked,
        posted_before, made_sequence_gap, is_manually_modified,
        create_uid, write_uid, create_date, write_date)
select :move0 + i, 'BILL/' || year || '/', i, name, :sale_journal, :company,
       :partner0 + customer, :partner0 + customer, :partner0 + customer, 'Customer ' || customer,
       :currency, 1, 2, :team, 'posted',
       case when is_refund then 'out_refund' else 'out_invoice' end, 'no', name,
       case when is_paid then 'paid' else 'not_paid' end, day, day, day + 30, day, net, tax, total,
       residual, sign * net, sign * net, sign * tax, sign * total, sign * total, sign * residual,
       false, true, true, false, false, 2, 2, day + time '10:00', day + time '10:00'
  from invoice;
create temp table entry_line as
select i, k, 'product' as kind, :income_account as account, product, quantity, price,
       - (case when is_refund then -1 else 1 end) * quantity * price as balance
  from bill_line
 union all
select i, 4, 'tax', :tax_account, null, null, null, -sign * tax from invoice
 union all
select i, 5, 'payment_term', :receivable_account, null, null, null, sign * total from invoice;
insert into account_move_line
       (id, move_id, move_name, journal_id, company_id, company_currency_id, currency_id, sequence,
        account_id, partner_id, product_id, product_uom_id, parent_state, name, display_type, date,
        invoice_date, date_maturity, debit, credit, balance, amount_currency, amount_residual,
        amount_residual_currency, quantity, price_unit, price_subtotal, price_total, discount,
        deductible_amount, reconciled, is_storno, no_followup,
        create_uid, write_uid, create_date, write_date)
select :line0 + (i - 1) * 5 + k, :move0 + i, name, :sale_journal, :company, :currency, :currency,
       100, account, :partner0 + customer, :product0 + product,
       case when product is not null then :unit end, 'posted',
       case kind when 'product' then 'Article ' || product when 'tax' then '20 %' else name end,
       kind, day, day, case when k = 5 then day + 30 end, greatest(balance, 0),
       greatest(-balance, 0), balance, balance, case when k = 5 then sign * residual else 0 end,
       case when k = 5 then sign * residual else 0 end, coalesce(entry_line.quantity, 0),
       coalesce(price, 0), coalesce(entry_line.quantity * price, 0),
       coalesce(entry_line.quantity * price + round(entry_line.quantity * price * 0.2, 2), 0), 0,
       100, k = 5 and is_paid, false, false, 2, 2, day + time '10:00', day + time '10:00'
  from entry_line join invoice using (i);
insert into sale_order_line_invoice_rel (invoice_line_id, order_line_id)
select :line0 + (i - 1) * 5 + k, :order_line0 + j from bill_line where j is not null;

-- Payments of one paid invoice in ten ------------------------------------------------------------
create temp table payment as
select row_number() over (order by i) as n, i, customer, total, day + 20 as paid_on,
       :invoices + :orders + row_number() over (order by i) as m
  from invoice where is_paid and not is_refund and i % 10 = 1;
insert into account_move
       (id, sequence_prefix, sequence_number, name, journal_id, company_id, partner_id,
        commercial_partner_id, currency_id, state, move_type, auto_post, payment_state, date,
        amount_untaxed, amount_tax, amount_total, amount_residual, amount_untaxed_signed,
        amount_tax_signed, amount_total_signed, amount_residual_signed, always_tax_exigible,
        checked, posted_before, made_sequence_gap, is_manually_modified,
        create_uid, write_uid, create_date, write_date)
select :move0 + m, 'BPAY/', n, 'BPAY/' || n, :bank_journal, :company, :partner0 + customer,
       :partner0 + customer, :currency, 'posted', 'entry', 'no', 'not_paid', paid_on, 0, 0, total,
       0, 0, 0, total, 0, false, true, true, false, false, 2, 2, paid_on, paid_on
  from payment;
insert into account_move_line
       (id, move_id, move_name, journal_id, company_id, company_currency_id, currency_id, sequence,
        account_id, partner_id, parent_state, name, display_type, date, debit, credit, balance,
        amount_currency, amount_residual, amount_residual_currency, quantity, discount,
        deductible_amount, reconciled, is_storno, no_followup,
        create_uid, write_uid, create_date, write_date)
select :line0 + 5 * (:invoices + :orders) + 2 * n + side, :move0 + m, 'BPAY/' || n, :bank_journal, :company,
       :currency, :currency, 100,
       case side when 0 then :bank_account else :receivable_account end, :partner0 + customer,
       'posted', 'BPAY/' || n, 'product', paid_on, case side when 0 then total else 0 end,
       case side when 0 then 0 else total end, case side when 0 then total else -total end,
       case side when 0 then total else -total end, 0, 0, 0, 0, 100, side = 1, false, false, 2, 2,
       paid_on, paid_on
  from payment, generate_series(0, 1) side;
insert into account_partial_reconcile
       (id, debit_move_id, credit_move_id, company_id, debit_currency_id, credit_currency_id,
        amount, debit_amount_currency, credit_amount_currency, max_date,
        create_uid, write_uid, create_date, write_date)
select :match0 + n, :line0 + (i - 1) * 5 + 5, :line0 + 5 * (:invoices + :orders) + 2 * n + 1, :company,
       :currency, :currency, total, total, total, paid_on, 2, 2, paid_on, paid_on
  from payment;

-- Purchases and receipts: each supplier has its articles, some are late --------------------------
create temp table purchase as
select i, 1 + (:suppliers * power(random(), 2))::int % :suppliers as supplier,
       :'first_day'::timestamp + (i - 1) * interval '1095 day' / :purchases as at
  from generate_series(1, :purchases) i;
create temp table purchase_line as
select (i - 1) * 3 + k as j, purchase.*, k,
       (supplier * 41 + (30 * random())::int * 97) % :products as product,
       10 + (90 * random())::int as quantity, round((3 + 150 * random())::numeric, 2) as price,
       (14 * random() - 4) * interval '1 day' as late
  from purchase, generate_series(1, 3) k;
analyze purchase_line;
insert into purchase_order
       (id, name, company_id, partner_id, user_id, currency_id, currency_rate, state,
        invoice_status, invoice_count, amount_untaxed, amount_tax, amount_total, amount_total_cc,
        locked, date_order, date_approve, date_planned, date_calendar_start, picking_type_id,
        create_uid, write_uid, create_date, write_date)
select :purchase0 + i, 'BP' || lpad(i::text, 7, '0'), :company,
       :partner0 + :customers + supplier, 2, :currency, 1, 'purchase', 'no', 0,
       sum(quantity * price), 0, sum(quantity * price), sum(quantity * price), false, at, at,
       at + interval '10 day', at, :in_type, 2, 2, at, at
  from purchase_line group by i, supplier, at;
insert into purchase_order_line
       (id, order_id, sequence, company_id, partner_id, product_id, product_uom_id, name,
        qty_received_method, product_qty, product_uom_qty, price_unit, technical_price_unit,
        price_subtotal, price_total, price_tax, qty_invoiced, qty_received, qty_to_invoice,
        date_planned, propagate_cancel, create_uid, write_uid, create_date, write_date)
select :purchase_line0 + j, :purchase0 + i, 10 * k, :company,
       :partner0 + :customers + supplier, :product0 + product, :unit, 'Article ' || product,
       'stock_moves', quantity, quantity, price, price, quantity * price, quantity * price, 0, 0,
       quantity, 0, at + interval '10 day', true, 2, 2, at, at
  from purchase_line;
insert into stock_move
       (id, sequence, company_id, purchase_line_id, product_id, product_uom, packaging_uom_id,
        location_id, location_dest_id, location_final_id, partner_id, picking_type_id,
        warehouse_id, priority, state, origin, procure_method, reference, product_qty,
        product_uom_qty, packaging_uom_qty, quantity, picked, propagate_cancel, additional,
        to_refund, is_in, is_out, is_dropship, date, date_deadline, price_unit,
        create_uid, write_uid, create_date, write_date)
select :stock0 + 3 * :orders + j, 10, :company, :purchase_line0 + j, :product0 + product, :unit,
       :unit, :source, :stock, :stock, :partner0 + :customers + supplier, :in_type, :warehouse, '0',
       'done', 'BP' || i, 'make_to_stock', 'B/IN/' || j, quantity, quantity, quantity, quantity,
       true, true, false, true, true, false, false, at + interval '10 day' + late,
       at + interval '10 day', price, 2, 2, at, at
  from purchase_line;

commit;

-- Ids that Odoo gives from now on come behind all these.
do $$
declare name text;
begin
    foreach name in array array['res_partner', 'product_template', 'product_product', 'sale_order',
        'sale_order_line', 'account_move', 'account_move_line', 'account_partial_reconcile',
        'purchase_order', 'purchase_order_line', 'stock_picking', 'stock_move'] loop
        execute format('select setval(%L, (select max(id) from %I))', name || '_id_seq', name);
    end loop;
end $$;
