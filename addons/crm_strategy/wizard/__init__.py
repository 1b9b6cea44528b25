from . import base_partner_merge
from . import privacy_lookup_wizard_line
from . import crm_setup
from . import crm_setup_segment
from . import crm_setup_team
from . import crm_handoff_answer
