{
    "name": "CRM Moments of Truth",
    "summary": "Every customer relationship as a chain of ten moments, proven by ERP facts",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_strategy",
        "sale_crm",
        "survey",
        "portal",
    ],
    "data": [],
    "installable": True,
}
