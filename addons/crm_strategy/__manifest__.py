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
    "data": [
        "security/crm_strategy_groups.xml",
        "security/ir.model.access.csv",
        "security/crm_strategy_rules.xml",
        "data/ir_cron.xml",
        "views/crm_customer_views.xml",
        "views/crm_segment_views.xml",
        "views/crm_segment_membership_views.xml",
        "views/crm_indicator_views.xml",
        "views/crm_team_views.xml",
        "views/res_partner_views.xml",
        "views/crm_change_views.xml",
        "views/crm_audit_log_views.xml",
        "views/privacy_lookup_wizard_line_views.xml",
        "views/crm_strategy_menus.xml",
    ],
    "demo": [
        "demo/crm_demo_story.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_strategy/static/src/matrix/**/*",
        ],
        "web.assets_unit_tests": [
            "crm_strategy/static/tests/**/*.test.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
