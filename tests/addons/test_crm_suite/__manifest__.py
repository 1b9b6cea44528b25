{
    "name": "CRM Suite: tests over all four addons",
    "summary": "Rights, leaks and remote calls where all addons meet; never shipped",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_erp_bridge",
    ],
    "installable": True,
}
