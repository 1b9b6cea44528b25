from . import crm_exchange
