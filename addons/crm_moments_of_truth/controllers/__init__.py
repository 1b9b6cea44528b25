from . import crm_case_portal
