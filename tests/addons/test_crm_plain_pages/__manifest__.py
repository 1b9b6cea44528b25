{
    "name": "CRM Suite: pages without styles",
    "summary": "Spares tests that read answers the making of styles and scripts; never shipped",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "base",
    ],
    "installable": True,
}
