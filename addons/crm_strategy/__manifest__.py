{
    "name": "CRM Strategy",
    "summary": "Customer segments, teams and measures: CRM as a strategy inside the ERP",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm",
        "product",
        "privacy_lookup",
    ],
    "data": [],
    "installable": True,
}
