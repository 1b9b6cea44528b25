from . import crm_matrix
from . import crm_privacy
