{
    "name": "CRM / ERP Bridge",
    "summary": "Data exchange without loss, and joint reports that tie to the ledger",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_scorecard",
        "sale_purchase_stock",
        "account_edi_ubl_cii",
        "sale_edi_ubl",
        "purchase_edi_ubl_bis3",
        "spreadsheet_dashboard",
    ],
    "data": [],
    "installable": True,
}
