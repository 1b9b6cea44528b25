{
    "name": "CRM Scorecard",
    "summary": "Performance of customer teams, measured from the books and explained",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Suite contributors",
    "license": "LGPL-3",
    "depends": [
        "crm_moments_of_truth",
    ],
    "external_dependencies": {"python": ["numpy", "scipy"]},
    "data": [],
    "installable": True,
}
