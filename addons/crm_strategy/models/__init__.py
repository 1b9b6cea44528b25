from . import crm_matrix_mixin
from . import crm_segment
from . import crm_customer
from . import crm_segment_membership
from . import crm_team
from . import res_partner
from . import crm_lead
