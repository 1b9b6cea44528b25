from . import crm_matrix
