from . import crm_exchange_load
from . import crm_exchange_post
from . import crm_setup
from . import crm_setup_package
