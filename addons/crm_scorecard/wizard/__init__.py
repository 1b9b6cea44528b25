from . import crm_setup
from . import crm_setup_customer
from . import crm_setup_margin
