from . import crm_rupture_waive
from . import crm_relationship_reassign
