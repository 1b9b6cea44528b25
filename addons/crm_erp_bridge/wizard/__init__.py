from . import crm_exchange_load
from . import crm_exchange_post
