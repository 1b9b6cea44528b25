from . import crm_case_portal
from . import crm_progress_portal
